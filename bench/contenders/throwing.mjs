/** Libraries that return claims and throw at bad tokens: what is timed around them. */

let sink = 0;

export function throwing(verify) {
  return {
    accepts(token) {
      try {
        return Boolean(verify(token));
      } catch {
        return false;
      }
    },
    run(tokens) {
      let accepted = 0;
      for (const token of tokens) {
        try {
          sink += verify(token).exp;
          accepted++;
        } catch {
          // Rejected.
        }
      }
      return accepted;
    },
  };
}
