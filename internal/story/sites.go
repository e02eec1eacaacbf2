package story

import (
	"bytes"
	"context"
	"embed"
	"fmt"

	"github.com/goccy/go-yaml"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/response"
)

//go:embed sites/*.yaml
var sites embed.FS

// SiteLine is one gate or other transport site of a demonstration; its name is
// invented.
type SiteLine struct {
	ID        seawall.SiteID `yaml:"id"`
	Kind      string         `yaml:"kind"`
	Name      seawall.Text   `yaml:"name"`
	Area      seawall.AreaID `yaml:"area"`
	Road      string         `yaml:"road"`
	Lat       float64        `yaml:"lat"`
	Lon       float64        `yaml:"lon"`
	Lanes     int            `yaml:"lanes"`
	Freight   int            `yaml:"freight"`
	CanSample bool           `yaml:"canSample"`
	Next      seawall.SiteID `yaml:"next"`
}

// Sites reads the sites of a shipped demonstration city ("yancheng"); none for one
// that has no such file.
func Sites(id string) ([]SiteLine, error) {
	b, err := sites.ReadFile("sites/" + id + ".yaml")
	if err != nil {
		return nil, nil
	}
	var doc struct {
		Sites []SiteLine `yaml:"sites"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&doc); err != nil {
		return nil, &seawall.Error{Op: "story.Sites", Kind: seawall.Invalid, Err: err}
	}
	return doc.Sites, nil
}

// Seed enters the sites of a demonstration city.
func Seed(ctx context.Context, main *response.Service, who response.Who, lines []SiteLine) error {
	for _, l := range lines {
		_, err := main.KeepSite(ctx, who, response.NewSite{ID: l.ID, Kind: l.Kind, Name: l.Name, Area: l.Area, Road: l.Road, Lat: l.Lat, Lon: l.Lon,
			Lanes: l.Lanes, Freight: l.Freight, CanSample: l.CanSample, Next: l.Next, Invented: true})
		if err != nil {
			return fmt.Errorf("site %s: %w", l.ID, err)
		}
	}
	return nil
}
