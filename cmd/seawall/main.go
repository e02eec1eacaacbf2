// Command seawall is the whole system in one binary.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/seawall-city/seawall/internal/cli"
)

// version is set by the build.
var version = "unversioned"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, version))
}
