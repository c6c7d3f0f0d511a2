/** A way to a server that can be cut: connections end, and new ones are refused until it is mended. */
import { Effect } from "effect"
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net"

/** A way to a server. */
export interface Proxy {
  readonly port: number
  readonly cut: Effect.Effect<void>
  readonly mend: Effect.Effect<void>
}

/** Listens on a free port of this machine until the scope closes. */
export const make = (to: { readonly host: string; readonly port: number }) =>
  Effect.gen(function* () {
    const sockets = new Set<Socket>()
    const follow = (socket: Socket) => {
      sockets.add(socket)
      socket.on("error", () => socket.destroy())
      socket.on("close", () => sockets.delete(socket))
    }
    const listen = (port: number) =>
      Effect.callback<Server>((resume) => {
        const server = createServer((near) => {
          const far = connect(to)
          follow(near)
          follow(far)
          near.pipe(far).pipe(near)
          near.on("close", () => far.destroy())
          far.on("close", () => near.destroy())
        })
        server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
      })
    let server: Server | undefined = yield* listen(0)
    const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
      address !== null && typeof address === "object"
    const address = server.address()
    const port = isAddress(address) ? address.port : 0
    const cut = Effect.callback<void>((resume) => {
      const open = server
      server = undefined
      for (const socket of sockets) socket.destroy()
      if (open === undefined) resume(Effect.void)
      else open.close(() => resume(Effect.void))
    })
    yield* Effect.addFinalizer(() => cut)
    const proxy: Proxy = {
      port,
      cut,
      mend: Effect.gen(function* () {
        server ??= yield* listen(port)
      })
    }
    return proxy
  })
