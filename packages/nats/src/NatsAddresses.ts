/** Reads addresses of NATS servers as people write them. */
import { Schema } from "effect"

/** Where servers are, and how to introduce oneself. */
export interface NatsAddresses {
  /** Host and port of each. */
  readonly servers: ReadonlyArray<string>
  readonly tls: boolean
  readonly user: string | undefined
  readonly pass: string | undefined
}

/** An address of NATS that cannot be used. It quotes nothing of the address, which may hold a password. */
export class NatsAddressNotValid extends Schema.TaggedError<NatsAddressNotValid>()("NatsAddressNotValid", {
  rule: Schema.String
}) {
  override get message() {
    return `the address of NATS ${this.rule}`
  }
}

/**
 * One address or several with commas between. User and password are those of the first that has them.
 *
 * @throws NatsAddressNotValid when one is no address of NATS: a mistake of the configuration, found at start.
 */
export const addressesOf = (text: string): NatsAddresses => {
  const urls = text.split(",").map((part) => {
    const url = URL.parse(part.trim())
    if (url === null || !["nats:", "tls:"].includes(url.protocol) || url.hostname === "") {
      throw new NatsAddressNotValid({
        rule: "must be nats://HOST:PORT or tls://HOST:PORT, several with commas between"
      })
    }
    return url
  })
  const protocols = new Set(urls.map(({ protocol }) => protocol))
  if (protocols.size > 1) throw new NatsAddressNotValid({ rule: "must be nats:// for all servers, or tls:// for all" })
  const known = urls.find(({ username }) => username !== "")
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port === "" ? "4222" : port}`),
    tls: protocols.has("tls:"),
    user: known === undefined ? undefined : decodeURIComponent(known.username),
    pass: known === undefined ? undefined : decodeURIComponent(known.password)
  }
}
