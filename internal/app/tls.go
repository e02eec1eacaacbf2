package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/seawall-city/seawall"
	"github.com/seawall-city/seawall/internal/config"
)

// localYears is how long a certificate of the server's own is good for.
const localYears = 2

// certificate gives the TLS certificate of a configuration, nil for plain HTTP.
// A local one is made once for the named hosts and kept beside the data, so that
// phones that trusted it go on trusting it.
func certificate(c config.Config, now time.Time) (*tls.Certificate, error) {
	const op = "app.certificate"
	if !c.Encrypted() {
		return nil, nil
	}
	cert, key := c.TLS.Certificate, c.TLS.Key
	if cert == "" {
		cert, key = filepath.Join(c.Data, "tls-local.pem"), filepath.Join(c.Data, "tls-local.key")
		if stale(cert, c.TLS.Local, now) {
			if err := writeLocal(cert, key, c.TLS.Local, now); err != nil {
				return nil, &seawall.Error{Op: op, Kind: seawall.Unavailable, Code: "tls_local", Err: err}
			}
		}
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, &seawall.Error{Op: op, Kind: seawall.Invalid, Code: "tls_unreadable", Args: map[string]string{"path": cert}, Err: err}
	}
	return &pair, nil
}

// stale reports whether the kept certificate is missing, does not cover the
// hosts or ends within a month.
func stale(path string, hosts []string, now time.Time) bool {
	b, err := os.ReadFile(path)
	if err != nil {
		return true
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return true
	}
	x, err := x509.ParseCertificate(block.Bytes)
	if err != nil || now.AddDate(0, 1, 0).After(x.NotAfter) {
		return true
	}
	for _, h := range hosts {
		if x.VerifyHostname(h) != nil {
			return true
		}
	}
	return false
}

func writeLocal(cert, key string, hosts []string, now time.Time) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	x := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Seawall " + hosts[0]},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(localYears, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true, IsCA: true}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			x.IPAddresses = append(x.IPAddresses, ip)
		} else {
			x.DNSNames = append(x.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, x, x, &private.PublicKey, private)
	if err != nil {
		return err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}
