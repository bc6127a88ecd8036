//! The peer Rust jsonwebtoken: `decode` into a struct that wants no claim, for the verdict alone, with a key and a validation
//! that are made once. The library knows no other clock than the machine's, so that NOW is not used: tokens are good for
//! either.
//!
//!     peer TOKENS KEYFILE ROUNDS NOW ISSUER AUDIENCE

use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use std::env::args;
use std::fs::read_to_string;
use std::process::exit;
use std::time::{Duration, Instant};

const PROOFS: usize = 512;
const SIGNATURE_LENGTH: usize = 43;
const WARM_UP: Duration = Duration::from_millis(150);
const ROUND: Duration = Duration::from_millis(40);

#[derive(Deserialize)]
struct NoClaims {}

struct Verifier {
    key: DecodingKey,
    validation: Validation,
}

impl Verifier {
    /// An issuer or audience that is not to be checked is empty.
    fn new(key: &[u8], issuer: &str, audience: &str) -> Self {
        let mut required = vec!["exp"];
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        if !issuer.is_empty() {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        if !audience.is_empty() {
            validation.set_audience(&[audience]);
            required.push("aud");
        }
        validation.set_required_spec_claims(&required);
        Verifier {
            key: DecodingKey::from_secret(key),
            validation,
        }
    }

    fn is_good(&self, token: &str) -> bool {
        decode::<NoClaims>(token, &self.key, &self.validation).is_ok()
    }

    fn count_good(&self, tokens: &[String]) -> usize {
        tokens.iter().filter(|token| self.is_good(token)).count()
    }
}

fn main() {
    let arguments: Vec<String> = args().collect();
    if arguments.len() != 7 {
        eprintln!("Usage: {} TOKENS KEYFILE ROUNDS NOW ISSUER AUDIENCE", arguments[0]);
        exit(2);
    }
    let tokens: Vec<String> = read(&arguments[1]).lines().map(String::from).collect();
    let key = bytes_of(read(&arguments[2]).trim());
    let rounds: usize = arguments[3].parse().unwrap_or_else(|_| fail("is given no number of rounds"));
    let verifier = Verifier::new(&key, &arguments[5], &arguments[6]);

    prove(&verifier, &tokens);
    if rounds > 0 {
        time_round(&verifier, &tokens, WARM_UP);
    }
    for _ in 0..rounds {
        let (wall, on_processor) = time_round(&verifier, &tokens, ROUND);
        println!("{wall:.2} {on_processor:.2}");
    }
}

/// Every good token must be accepted, every tampered one rejected.
fn prove(verifier: &Verifier, tokens: &[String]) {
    if verifier.count_good(tokens) != tokens.len() {
        fail("rejects a good token");
    }
    for index in 0..PROOFS {
        if verifier.is_good(&tamper(&tokens[index % tokens.len()], index)) {
            fail("accepts a tampered token");
        }
    }
}

/// In turn: another character in the signature, another in the payload, no signature at all.
fn tamper(token: &str, index: usize) -> String {
    let signature = token.len() - SIGNATURE_LENGTH;
    let payload = token.find('.').map_or(0, |dot| dot + 1);
    match index % 3 {
        // The last character of a signature has bits that mean nothing.
        0 => exchange(token, signature + index % (SIGNATURE_LENGTH - 1)),
        1 => exchange(token, payload + index % (signature - 1 - payload)),
        _ => token[..signature].to_string(),
    }
}

fn exchange(token: &str, place: usize) -> String {
    let other = if &token[place..=place] == "A" { "B" } else { "A" };
    format!("{}{}{}", &token[..place], other, &token[place + 1..])
}

/// Goes through the whole pool again and again until the time is up. Returns ns per token: by the clock, and on the processor.
fn time_round(verifier: &Verifier, tokens: &[String], at_least: Duration) -> (f64, f64) {
    let (start, processor_start) = (Instant::now(), processor_time());
    let mut passes = 0;
    loop {
        if verifier.count_good(tokens) != tokens.len() {
            fail("rejects a good token while it is timed");
        }
        passes += 1;
        let elapsed = start.elapsed();
        if elapsed >= at_least {
            let per_token = |time: Duration| time.as_nanos() as f64 / (passes * tokens.len()) as f64;
            return (per_token(elapsed), per_token(processor_time() - processor_start));
        }
    }
}

fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to `time`, which outlives it, and to nothing else.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let pair = |place| u8::from_str_radix(&hex[place..place + 2], 16).unwrap_or_else(|_| fail("is given no key"));
    (0..hex.len() / 2).map(|index| pair(2 * index)).collect()
}

fn read(file: &str) -> String {
    read_to_string(file).unwrap_or_else(|_| fail("cannot read its files"))
}

fn fail(reason: &str) -> ! {
    eprintln!("{reason}");
    exit(1);
}
