/** `eventfold rebuild NAME`: builds the rows of a projection of a running service anew, and shows how far that is. */
import { UtcDay } from "@eventfold/decider"
import { Console, Effect, type Option, Schedule } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as Options from "../Options.ts"
import * as ProgressReport from "../ProgressReport.ts"
import * as RunningService from "../RunningService.ts"
import { inOneLine } from "../UserErrors.ts"
import { url } from "./Arguments.ts"

interface RebuildArguments {
  readonly name: string
  readonly from: Option.Option<string>
  readonly url: Option.Option<string>
}

const run = Effect.fn("eventfold rebuild")(function* (given: RebuildArguments) {
  const at = yield* RunningService.urlOf(given.url)
  const from = yield* Options.checkOptional("--from", UtcDay.UtcDay, given.from)
  const service = yield* RunningService.client(at)
  const expected = RunningService.expectService(at)
  const params = { name: given.name }
  const begun = yield* expected(
    service.projections.rebuild({ headers: {}, params, payload: from === undefined ? {} : { from } })
  )
  if (begun.mode === "live") return yield* Console.log(`${given.name} is folded anew at the next question`)
  yield* ProgressReport.show((show) =>
    expected(service.projections.get({ headers: {}, params })).pipe(
      Effect.tap(({ rebuild }) =>
        rebuild === undefined
          ? Effect.void
          : show({ task: "rebuilding", done: rebuild.done, total: rebuild.total, of: "positions" })
      ),
      Effect.repeat({ schedule: Schedule.spaced("500 millis"), until: ({ rebuild }) => rebuild === undefined })
    )
  )
  yield* Console.log(`the rows of ${given.name} have been built anew, and are read`)
})

/** Builds rows anew. */
export const rebuildCommand = Command.make(
  "rebuild",
  {
    name: Argument.String("name").pipe(Argument.withDescription("The projection, as eventfold projections lists it")),
    from: Flag.String("from").pipe(
      Flag.optional,
      Flag.withDescription("a day in UTC, such as 2026-03-31: rows of earlier days are kept; for rows that are dated")
    ),
    url
  },
  (options) => inOneLine(run(options))
).pipe(
  Command.withDescription(
    "Builds the rows of a projection of a running service anew, beside those that are read until the new ones have caught up, " +
      "and shows how far that is. It goes on when this command is interrupted, and when the service is restarted."
  ),
  Command.withShortDescription("Build the rows of a projection anew"),
  Command.withExamples([
    { command: "eventfold rebuild order_list", description: "All rows" },
    { command: "eventfold rebuild sales_by_day --from 2026-03-01", description: "Those of March and later" }
  ])
)
