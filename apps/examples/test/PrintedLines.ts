/** What a program prints, as lines: its console is replaced for as long as it runs. */
import { Console, Effect } from "effect"

/** Runs `program` and answers the lines it printed with `Console.log` and `Console.error`. */
export const printedBy = Effect.fn("printedBy")(function* <A, E, R>(program: Effect.Effect<A, E, R>) {
  const outer = yield* Console.Console
  const lines: Array<string> = []
  const print = (...args: ReadonlyArray<unknown>) => {
    lines.push(...args.join(" ").split("\n"))
  }
  const exit = yield* Effect.exit(
    Effect.provideService(program, Console.Console, { ...outer, log: print, error: print })
  )
  return { exit, lines }
})
