//go:build v5

package main

import (
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// All is judged by the parser.
func newVerifier(checks settings) func(string) bool {
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{"HS256"}),
		jwt.WithTimeFunc(func() time.Time { return checks.now }),
		jwt.WithExpirationRequired(),
	}
	if checks.issuer != "" {
		options = append(options, jwt.WithIssuer(checks.issuer))
	}
	if checks.audience != "" {
		options = append(options, jwt.WithAudience(checks.audience))
	}
	parser := jwt.NewParser(options...)
	var key any = checks.key
	keyOf := func(*jwt.Token) (any, error) { return key, nil }
	var claims jwt.RegisteredClaims

	return func(token string) bool {
		claims = jwt.RegisteredClaims{}
		_, err := parser.ParseWithClaims(token, &claims, keyOf)
		return err == nil
	}
}
