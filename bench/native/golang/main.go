// The peer golang-jwt: parses into its own RegisteredClaims, the algorithm pinned, with a key and a parser that are made once.
// Its validator is in verifyV4.go or verifyV5.go, whichever version of the library Debian has.
//
//	peer TOKENS KEYFILE ROUNDS NOW ISSUER AUDIENCE
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	proofs          = 512
	signatureLength = 43
	warmUp          = 150 * time.Millisecond
	round           = 40 * time.Millisecond
)

// What to judge by. An issuer or audience that is not to be checked is empty.
type settings struct {
	key      []byte
	now      time.Time
	issuer   string
	audience string
}

func main() {
	if len(os.Args) != 7 {
		fmt.Fprintf(os.Stderr, "Usage: %s TOKENS KEYFILE ROUNDS NOW ISSUER AUDIENCE\n", os.Args[0])
		os.Exit(2)
	}
	tokens := strings.Split(strings.TrimSuffix(read(os.Args[1]), "\n"), "\n")
	key, err := hex.DecodeString(strings.TrimSpace(read(os.Args[2])))
	if err != nil {
		fail("is given no key")
	}
	rounds := whole(os.Args[3])
	isGood := newVerifier(settings{key, time.Unix(whole(os.Args[4]), 0), os.Args[5], os.Args[6]})

	prove(isGood, tokens)
	if rounds > 0 {
		timeRound(isGood, tokens, warmUp)
	}
	for ; rounds > 0; rounds-- {
		wall, onProcessor := timeRound(isGood, tokens, round)
		fmt.Printf("%.2f %.2f\n", wall, onProcessor)
	}
}

// Every good token must be accepted, every tampered one rejected.
func prove(isGood func(string) bool, tokens []string) {
	if countGood(isGood, tokens) != len(tokens) {
		fail("rejects a good token")
	}
	for index := 0; index < proofs; index++ {
		if isGood(tamper(tokens[index%len(tokens)], index)) {
			fail("accepts a tampered token")
		}
	}
}

// In turn: another character in the signature, another in the payload, no signature at all.
func tamper(token string, index int) string {
	signature := len(token) - signatureLength
	payload := strings.IndexByte(token, '.') + 1
	switch index % 3 {
	case 0:
		// The last character of a signature has bits that mean nothing.
		return exchange(token, signature+index%(signatureLength-1))
	case 1:
		return exchange(token, payload+index%(signature-1-payload))
	default:
		return token[:signature]
	}
}

func exchange(token string, place int) string {
	other := "A"
	if token[place] == 'A' {
		other = "B"
	}
	return token[:place] + other + token[place+1:]
}

// Goes through the whole pool again and again until the time is up. Returns ns per token: by the clock, and on all processors,
// since the garbage is collected beside the work.
func timeRound(isGood func(string) bool, tokens []string, atLeast time.Duration) (wall, onProcessor float64) {
	start, processorStart := time.Now(), processorTime()
	passes := 0
	for {
		if countGood(isGood, tokens) != len(tokens) {
			fail("rejects a good token while it is timed")
		}
		passes++
		if elapsed := time.Since(start); elapsed >= atLeast {
			count := float64(passes * len(tokens))
			return float64(elapsed.Nanoseconds()) / count, float64(processorTime()-processorStart) / count
		}
	}
}

func processorTime() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail("cannot read the time it took of the processor")
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func countGood(isGood func(string) bool, tokens []string) int {
	good := 0
	for _, token := range tokens {
		if isGood(token) {
			good++
		}
	}
	return good
}

func read(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		fail("cannot read its files")
	}
	return string(text)
}

func whole(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		fail("is given " + text + " instead of a whole number")
	}
	return number
}

func fail(reason string) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}
