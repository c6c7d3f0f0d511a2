/** TCP ports of this machine: whether one is free, and any free one. */
import { createServer } from "node:net"
import { Effect } from "effect"

/** Listens for a moment; answers the port, or nothing when it is taken. 0 is any free one. */
export const probe = (port: number): Effect.Effect<number | undefined> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", () => resume(Effect.succeed(undefined)))
    server.listen(port, "127.0.0.1", () => {
      const address = server.address()
      server.close(() =>
        resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : undefined))
      )
    })
  })

/** Any free port; nobody else is kept from taking it afterwards. */
export const free: Effect.Effect<number> = Effect.flatMap(probe(0), (port) =>
  port === undefined ? Effect.die(new Error("this machine has no free port")) : Effect.succeed(port)
)
