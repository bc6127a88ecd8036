/** What the tests know of cookie-parser, which comes without types. */
declare module "cookie-parser" {
  import type { RequestHandler } from "express";

  export default function cookieParser(secret?: string): RequestHandler;
}
