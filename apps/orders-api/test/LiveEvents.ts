/** Server-sent events as a browser gets them. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { get, type IncomingMessage } from "node:http"
import { Json } from "./Json.ts"

/** One event. */
export interface LiveEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: string
}

const parse = (text: string): LiveEvent => {
  const fields = new Map(
    text.split("\n").map((line) => {
      const [name = "", value = ""] = line.split(/: ?(.*)/su)
      return [name, value] as const
    })
  )
  return { event: fields.get("event") ?? "message", id: fields.get("id"), data: fields.get("data") ?? "" }
}

/** Listens until the scope closes. Answers when the headers are there. */
export const listen = Effect.fnUntraced(function* (url: string, headers: Record<string, string> = {}) {
  const response = yield* Effect.acquireRelease(
    Effect.callback<IncomingMessage>((resume) => {
      const asked = get(url, { headers, agent: false }, (answer) => resume(Effect.succeed(answer)))
      asked.on("error", (error) => resume(Effect.die(error)))
    }),
    (answer) => Effect.sync(() => answer.destroy())
  )
  let text = ""
  let ended = false
  const look = new Set<() => void>()
  const tell = () => {
    for (const one of look) one()
  }
  response.setEncoding("utf8")
  response.on("data", (part: string) => {
    text += part
    tell()
  })
  response.on("close", () => {
    ended = true
    tell()
  })
  response.on("error", () => undefined)
  const events = () =>
    text
      .split("\n\n")
      .slice(0, -1)
      .filter((one) => one !== "")
      .map(parse)
  const waitFor = <A>(found: () => A | undefined) =>
    Effect.callback<A>((resume) => {
      const one = () => {
        const value = found()
        if (value !== undefined) resume(Effect.succeed(value))
      }
      look.add(one)
      one()
      return Effect.sync(() => look.delete(one))
    }).pipe(Effect.timeout("20 seconds"), Effect.orDie)
  return {
    status: response.statusCode,
    headers: response.headers,
    /** The lists that have come so far, with their ids. */
    lists: () =>
      events()
        .filter(({ event }) => event === "orders")
        .map(({ data, id }) => ({ id: id ?? assert.fail("no id"), list: Json.parse(data) })),
    /** The first list of those that have come or will come that is as wanted. */
    list: (wanted: (list: Json) => boolean) =>
      waitFor(() => {
        const found = events().find(({ data, event }) => event === "orders" && wanted(Json.parse(data)))
        return found && { id: found.id ?? assert.fail("no id"), list: Json.parse(found.data) }
      }),
    /** Waits until the stream has ended. */
    ended: waitFor(() => (ended ? true : undefined))
  }
})
