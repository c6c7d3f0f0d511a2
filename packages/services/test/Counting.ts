/** A command of the context `tills`: rings a till, and counts how often it has been rung. */
import { Message } from "@eventfold/decider"
import { CommandBus } from "@eventfold/event-store"
import { Effect, Schema } from "effect"

/** Rings a till. One of nobody is refused. */
export const ring = Message.command({
  context: "tills",
  payload: Schema.TaggedStruct("Ring", { till: Schema.String }),
  answer: Schema.Struct({ rung: Schema.Int }),
  refusal: Schema.Literal("no such till")
})

/** Its handler, with a count of its own. */
export const till = () => {
  let rung = 0
  const handler = CommandBus.handler(ring, ({ payload }) =>
    Effect.suspend(() =>
      payload.till === "nobody's" ? Effect.fail("no such till" as const) : Effect.succeed({ rung: (rung += 1) })
    )
  )
  return { handlers: [handler], rung: () => rung }
}

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

/** Rings a till by a command of a number. */
export const ringing = (number: number, till = "one") =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.dispatch(ring, { id: uuid(number), tenant: "acme", payload: { _tag: "Ring", till } })
  )
