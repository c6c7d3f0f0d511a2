/**
 * A certificate of a mail server at 127.0.0.1, and its key. It vouches for nothing: it is in this file, and good for a hundred years.
 */

/** The certificate, which a client has to trust by name. */
export const certificate = [
  "-----BEGIN CERTIFICATE-----",
  "MIIBmzCCAUGgAwIBAgIUNep+XxAEwJExJ7U/rtPpl7natZ8wCgYIKoZIzj0EAwIw",
  "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA1MTc1M1oYDzIxMjYxMDI5",
  "MDUxNzUzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO",
  "PQMBBwNCAAQEU72U5NBKXLmWNejAX5lcSonF/ST1jAuTZBbtl/hR0wrU3htsBYkW",
  "CLxGkuMfTL6uIZwZni191D1UKrw0If3no28wbTAdBgNVHQ4EFgQUdcGWGrVxFitp",
  "7aI0q7jEaC9AacYwHwYDVR0jBBgwFoAUdcGWGrVxFitp7aI0q7jEaC9AacYwDwYD",
  "VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI",
  "zj0EAwIDSAAwRQIhAPLciRrFOd5SvALK77/RoKM2Mav97w1x37KWa0SN/GhqAiAe",
  "fVhO7MGighTvvLMgF8pt5Ztq/U0RN1FZUIhGVeOMZg==",
  "-----END CERTIFICATE-----"
].join("\n")

/** Its key. */
export const key = [
  "-----BEGIN PRIVATE KEY-----",
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwg8xZMqSUGWHp19w",
  "Vw7tAuzPY9yM58NsLtx039pjhKahRANCAAQEU72U5NBKXLmWNejAX5lcSonF/ST1",
  "jAuTZBbtl/hR0wrU3htsBYkWCLxGkuMfTL6uIZwZni191D1UKrw0If3n",
  "-----END PRIVATE KEY-----"
].join("\n")
