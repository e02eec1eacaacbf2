// Package vaulttest makes synthetic identities for tests, measurements and the
// demonstration. Every one is drawn at random from a seed: names are put
// together from lists of frequent surnames and name characters, document
// numbers carry a prefix of Yancheng (3209xx), a random day and serial and a
// right check digit, phone numbers the prefix 154. Nobody's data went into
// them; where one equals a living person's, it is by chance.
package vaulttest

import (
	"fmt"
	"math/bits"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/vault"
)

// City draws the people of a city. The identity at an index depends on seed and
// index only, so any part of the city is made without the rest, by as many
// goroutines as one likes.
type City struct {
	// Seed tells one city from another.
	Seed uint64
	// Today bounds the days of birth; zero means 28 March 2022.
	Today seawall.Day
}

// Years is the span of ages in the city; every age is equally frequent.
const Years = 90

// Capacity is the number of people with distinct document numbers in one city.
const Capacity = counties * days * serials

const (
	counties = 9
	days     = Years * 365
	serials  = 999
)

func (c City) today() seawall.Day {
	if c.Today == 0 {
		return seawall.DateOf(2022, time.March, 28)
	}
	return c.Today
}

// At gives the identity at index i. Indexes from 0 below Capacity have distinct
// document numbers.
func (c City) At(i int) vault.Identity {
	// A step that shares no factor with the number of places visits each once.
	const step = 1_618_033_988_749_895 % Capacity
	place := (uint64(i)*coprime(step) + mix(c.Seed)%Capacity) % Capacity
	county, day, serial := place%counties, place/counties%days, place/counties/days
	birth := c.today().Add(-int(day) - 1)
	d := &draw{state: mix(c.Seed ^ mix(uint64(i)))}
	sex := "f"
	if (serial+1)%2 == 1 {
		sex = "m"
	}
	number := fmt.Sprintf("%s%s%03d", countyCode(int(county)), birth.Start(time.UTC).Format("20060102"), serial+1)
	return vault.Identity{
		Name: name(d, sex), Sex: sex, Birth: birth, DocType: vault.DocResidentID, DocNumber: withCheck(number),
		Phone: fmt.Sprintf("154%08d", d.below(100_000_000)),
		Address: fmt.Sprintf("%s%s%d号%d室", pick(d, streets()), pick(d, []string{"小区", "花园", "新村", "家园"}),
			1+d.below(80), 101+d.below(6)+100*d.below(18)),
	}
}

// Request gives the sealing of the identity at index i, with an id of its own.
func (c City) Request(i int) vault.Request {
	return vault.Request{ID: fmt.Sprintf("synthetic/%d/%09d", c.Seed, i), Identity: c.At(i), Year: c.today().Start(time.UTC).Year()}
}

// coprime gives the next number from n on that shares no factor with Capacity.
func coprime(n uint64) uint64 {
	for ; ; n++ {
		a, b := n, uint64(Capacity)
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return n
		}
	}
}

// draw is a small generator for one identity (SplitMix64, Steele, Lea and
// Flood 2014): making one costs nothing, unlike a seeded library source.
type draw struct{ state uint64 }

func (d *draw) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return mix(d.state)
}

// below gives a number from 0 to n-1.
func (d *draw) below(n int) int {
	hi, _ := bits.Mul64(d.next(), uint64(n))
	return int(hi)
}

// mix is SplitMix64's finishing step: every bit of the input moves half of the
// output.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func pick[T any](d *draw, list []T) T { return list[d.below(len(list))] }

// countyCode gives the code of one of Yancheng's nine county-level divisions
// (GB/T 2260).
func countyCode(i int) string {
	return [counties]string{"320902", "320903", "320904", "320921", "320922", "320923", "320924", "320925", "320981"}[i]
}

// withCheck completes 17 digits by the check character of ISO 7064 MOD 11-2. It
// is written otherwise than in package vault, with the standard's table of
// weights, so that the two check each other.
func withCheck(digits string) string {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return digits + string("10X98765432"[sum%11])
}
