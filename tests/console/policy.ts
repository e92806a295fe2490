/** Console tests run under it: what it forbids would show up as an error in the console. */
const STRICT_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
].join("; ");

/** For `staticHeaders` of the service that serves the page too. */
export const UNDER_POLICY = { "content-security-policy": STRICT_POLICY };
