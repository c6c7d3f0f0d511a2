/**
 * A connection to a PostgreSQL server as bytes, encrypted when the URL asks for it: what the driver does itself unless it
 * is handed a stream. `sslmode` means what it means to the driver: certificates are verified whenever TLS is spoken, and
 * `prefer` and `allow` go on in clear only when the server says that it has no TLS.
 */
import { connect as connectTcp, isIP, type Socket } from "node:net"
import type { Duplex } from "node:stream"
import { connect as connectTls } from "node:tls"
import { PgProtocol } from "@effect/sql-pg"
import { Redacted } from "effect"
import { addressOf } from "./ServerDatabase.ts"

/** How many seconds of silence there may be on a connection before it is looked after. */
const keepAliveMillis = 30_000

/** Connects to the server of a URL. `opened` is called once: with the connection, or with why there is none. */
export const open = (url: Redacted.Redacted, opened: (result: Duplex | Error) => void): void => {
  const { host, port } = addressOf(url)
  const socket = host.startsWith("/")
    ? connectTcp({ path: `${host}/.s.PGSQL.${port}` })
    : connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMillis })
  const mode = new URL(Redacted.value(url)).searchParams.get("sslmode") ?? "disable"
  socket.once("error", opened)
  socket.once("connect", () => {
    socket.off("error", opened)
    if (mode === "disable") opened(socket)
    else encrypt(socket, { host, optional: mode === "prefer" || mode === "allow" }, opened)
  })
}

const encrypt = (
  socket: Socket,
  options: { readonly host: string; readonly optional: boolean },
  opened: (result: Duplex | Error) => void
): void => {
  socket.once("error", opened)
  socket.once("data", (answer: Buffer) => {
    socket.off("error", opened)
    if (answer.length === 1 && answer[0] === refused && options.optional) return opened(socket)
    if (answer.length !== 1 || answer[0] !== granted) {
      socket.destroy()
      return opened(new Error("The server does not support TLS"))
    }
    const { host } = options
    const encrypted = connectTls({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) })
    encrypted.once("error", opened)
    encrypted.once("secureConnect", () => {
      encrypted.off("error", opened)
      opened(encrypted)
    })
  })
  socket.write(PgProtocol.encodeSslRequest())
}

const granted = 0x53
const refused = 0x4e
