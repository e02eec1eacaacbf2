package scenario

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/seawall-city/seawall"
)

// doorName is the file by which commands on the server's own machine reach it.
const doorName = "seawall.sock"

// door gives a data directory in which commands find the running instance as they
// find a server on their own machine: "--data $DATA". It is a short path of its
// own, because a socket's may have a hundred characters only.
func (s *stage) door() (string, error) {
	if s.doorDir != "" {
		return s.doorDir, nil
	}
	dir, err := os.MkdirTemp("", "sw")
	if err != nil {
		return "", &seawall.Error{Op: "scenario.door", Kind: seawall.Unavailable, Err: err}
	}
	var listen net.ListenConfig
	lis, err := listen.Listen(context.Background(), "unix", filepath.Join(dir, doorName))
	if err != nil {
		return "", &seawall.Error{Op: "scenario.door", Kind: seawall.Unavailable, Err: errors.Join(err, os.RemoveAll(dir))}
	}
	s.doorDir = dir
	s.doorman = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		s.operatorFace().ServeHTTP(w, q)
	})}
	go s.doorman.Serve(lis)
	return dir, nil
}

// closeDoor closes it again.
func (s *stage) closeDoor() error {
	if s.doorDir == "" {
		return nil
	}
	err := errors.Join(s.doorman.Close(), os.RemoveAll(s.doorDir))
	s.doorDir, s.doorman = "", nil
	return err
}
