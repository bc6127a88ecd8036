//go:build !v5

package main

import (
	"time"

	"github.com/golang-jwt/jwt"
)

// Issuer and audience are judged behind the parser, as version 4 leaves to its caller.
func newVerifier(checks settings) func(string) bool {
	jwt.TimeFunc = func() time.Time { return checks.now }
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}))
	var key interface{} = checks.key
	keyOf := func(*jwt.Token) (interface{}, error) { return key, nil }
	var claims jwt.RegisteredClaims

	return func(token string) bool {
		claims = jwt.RegisteredClaims{}
		if _, err := parser.ParseWithClaims(token, &claims, keyOf); err != nil {
			return false
		}
		return claims.VerifyExpiresAt(checks.now, true) &&
			(checks.issuer == "" || claims.VerifyIssuer(checks.issuer, true)) &&
			(checks.audience == "" || claims.VerifyAudience(checks.audience, true))
	}
}
