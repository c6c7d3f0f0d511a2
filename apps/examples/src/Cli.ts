/** `npm run example`: lists the examples, or runs one on a database of choice. */
import { Console, Effect, Option, Schema } from "effect"
import { Argument, CliError, Command, Flag } from "effect/cli"
import * as Databases from "./Databases.ts"
import { type Example, examples } from "./Example.ts"

/** There is no example with this id. */
export class UnknownExample extends Schema.TaggedError<UnknownExample>()("UnknownExample", {
  id: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return `there is no example ${this.id}; known are ${this.known.join(", ")}`
  }
}

const id = Argument.String("id").pipe(
  Argument.withDescription("The row of docs/requirements.md to run, for example E61; without it, what there is"),
  Argument.optional
)

// As an argument too: `npm run example E61 --database embedded` reaches a program without the `--database`.
const description = "Where events are kept: memory (default), embedded (PGlite) or server (DATABASE_URL)"
const flag = Flag.Literals("database", Databases.names).pipe(Flag.withDescription(description), Flag.optional)
const argument = Argument.Literals("database", Databases.names).pipe(
  Argument.withDescription("The same as --database"),
  Argument.optional
)

const list = Effect.forEach(examples, ([key, { title }]) => Console.log(`${key.padEnd(4)} ${title}`), { discard: true })

const find = (key: string): Effect.Effect<Example, UnknownExample> => {
  const example = examples.get(key.toUpperCase())
  return example === undefined
    ? Effect.fail(new UnknownExample({ id: key, known: [...examples.keys()] }))
    : Effect.succeed(example)
}

/** The command, with its arguments still to come. */
export const command = Command.make(
  "example",
  { id, argument, flag },
  Effect.fn(
    function* (chosen) {
      if (Option.isNone(chosen.id)) return yield* list
      const { program } = yield* find(chosen.id.value)
      const database = Option.getOrElse(
        Option.orElse(chosen.flag, () => chosen.argument),
        () => "memory" as const
      )
      yield* Effect.provide(program, Databases.layers[database])
    },
    // What is wrong is said in one line: whoever runs an example wants the rule, not the stack.
    Effect.mapError((cause) => new CliError.UserError({ cause, userMessage: cause.message }))
  )
).pipe(Command.withDescription("Runs the example of a row of docs/requirements.md"))
