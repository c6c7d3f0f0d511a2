/**
 * Where suites are run once more by `npm run test:long`, and not by `npm test`: what differs between the databases is proved by the
 * contracts of the ports. A file that asks for one of these is named in `scripts/long.ts`.
 */
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import * as ServerPorts from "./ServerPorts.ts"

const isLong = process.env["EVENTFOLD_SLOW"] !== undefined

/** For suites that `npm test` runs in memory and on an embedded database. */
export const server: ReadonlyArray<readonly [where: string, ports: typeof ServerPorts.layer]> = isLong
  ? [["on a PostgreSQL server", ServerPorts.layer]]
  : []

/** For suites that `npm test` runs in memory alone. */
export const databases: ReadonlyArray<
  readonly [where: string, ports: typeof EmbeddedPorts.layer | typeof ServerPorts.layer]
> = isLong ? [["on an embedded database", EmbeddedPorts.layer], ...server] : []
