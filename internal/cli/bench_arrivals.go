package cli

import "github.com/seawall-city/seawall/internal/app"

// benchArrivals measures how fast a feed of arrivals is taken in.
type benchArrivals struct {
	Rows int  `default:"10000" help:"Rows that one feed sends."`
	JSON bool `name:"json" help:"Print the figures as JSON."`
}

// Run sends a feed into fresh databases.
func (c *benchArrivals) Run(e *env) error {
	return onFresh(func(urls []string) error { return app.BenchArrivals(e.ctx, e.io.Out, urls, c.Rows, c.JSON) })
}
