/** The suite of the command bus catches broken ones: for every law there is a bus that breaks it. */
import { CommandBus, EventStoreFailure, layerMemory, MalformedMessage, UnknownMessage } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { CommandBusLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Bus = CommandBus["Service"]

const sound = Layer.fresh(
  Layer.unwrap(Effect.sync(() => CommandBus.layer(CommandBusLaws.handlers()))).pipe(Layer.provide(layerMemory))
)

/** A row: a bus with what `wrong` makes of its two ways. Both do the same, so one function changes both. */
const broken = (
  breaks: string,
  fault: string,
  wrong: (bus: Bus) => Partial<Pick<Bus, "dispatch" | "dispatchJson">>
) => ({
  breaks,
  fault,
  layer: Layer.effect(
    CommandBus,
    Effect.map(CommandBus, (bus) => ({ ...bus, ...wrong(bus) }))
  ).pipe(Layer.provide(sound))
})

const uuid = "00000000-0000-4000-8000-000000000000"
let drawn = 0
const another = () => `00000000-0000-4000-8000-${String((drawn += 1)).padStart(12, "0")}`

/** A bus that makes something else of one error. */
const mistaken = (
  breaks: string,
  tag: string,
  other: (name: string) => MalformedMessage | UnknownMessage | EventStoreFailure
) =>
  broken(breaks, `makes something else of ${tag}`, (bus) => ({
    dispatch: (command, envelope) =>
      Effect.mapError(bus.dispatch(command, envelope), (error) => {
        const found: unknown = error
        return typeof found === "object" && found !== null && "_tag" in found && found._tag === tag
          ? other(command.name)
          : error
      }),
    dispatchJson: (name, envelope) =>
      Effect.mapError(bus.dispatchJson(name, envelope), (error) => (error._tag === tag ? other(name) : error))
  }))

const unknown = (name: string) => new UnknownMessage({ name, known: [] })
const away = () => new EventStoreFailure({ operation: "the way", retryable: true, cause: "?" })

suite({
  of: "the command bus",
  laws: CommandBusLaws.laws,
  rows: [
    broken(
      "an answer comes back as its handler gave it, typed and as JSON, and the handler sees the command as it was sent",
      "loses who it was",
      (bus) => ({
        dispatch: (command, { metadata, ...envelope }) =>
          bus.dispatch(command, metadata === undefined ? envelope : { ...envelope, metadata: { correlationId: "c" } })
      })
    ),
    broken("what goes with a command that says nothing is its own id", "makes up a correlation", (bus) => ({
      dispatch: (command, envelope) =>
        bus.dispatch(command, { ...envelope, metadata: { correlationId: "made up", ...envelope.metadata } })
    })),
    broken("a refusal comes back as the value it is, and as JSON as an outcome", "answers what was refused", (bus) => ({
      dispatchJson: (name, envelope) =>
        Effect.map(bus.dispatchJson(name, envelope), (outcome) =>
          outcome._tag === "Refused" ? { _tag: "Answered" as const, answer: outcome.refusal } : outcome
        )
    })),
    mistaken("each failure of a handler comes back as what it is", "StreamArchived", away),
    mistaken("each failure of a foreign system comes back as what it is", "OutsideFailure", away),
    broken("a command that comes again, or several times at once, is handled once", "gives each its own id", (bus) => ({
      dispatch: (command, envelope) => bus.dispatch(command, { ...envelope, id: another() })
    })),
    mistaken("an id that was used for other content is refused, naming the command", "CommandIdReused", away),
    mistaken("a command nobody handles is an error that names those that are handled", "UnknownMessage", unknown),
    broken("content that does not fit is an error that names every wrong field", "names one", (bus) => ({
      dispatchJson: (name, envelope) =>
        Effect.mapError(bus.dispatchJson(name, envelope), (error) =>
          error._tag === "MalformedMessage"
            ? new MalformedMessage({ name, problems: error.problems.slice(0, 1) })
            : error
        )
    })),
    broken("an envelope that breaks a rule is an error that names every wrong field", "takes any tenant", (bus) => ({
      dispatch: (command, envelope) =>
        bus.dispatch(command, envelope.tenant === "A B" ? { ...envelope, id: uuid, tenant: "ab" } : envelope)
    }))
  ],
  sound,
  // What gives each its own id, say, loses it to the handler, too.
  only: false
})
