/**
 * How far the replay is: a bar that is drawn over itself on a terminal, and a line every hundred orders elsewhere.
 */
import { Console, Effect, Ref, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"

/** How many orders there are per line where there is no terminal. */
const perLine = 100
const widest = 40

/** Runs `work` with an effect that it runs after each of `total` orders. */
export const track = Effect.fn("Progress.track")(function* <A, E, R>(
  total: number,
  work: (advance: Effect.Effect<void>) => Effect.Effect<A, E, R>
): Effect.fn.Return<A, E, R | Terminal.Terminal> {
  const terminal = yield* Terminal.Terminal
  const { canAnimate } = yield* TerminalCapabilities.TerminalCapabilities
  const count = yield* Ref.make(0)
  // Nobody is stopped in their work because a progress bar cannot be drawn.
  const display = (text: string) => Effect.ignore(terminal.display(text))

  const draw = (done: number) =>
    Effect.flatMap(terminal.columns, (columns) => display(`\r${bar(done, total, columns)}`))
  const print = (done: number) => Console.log(`  ${done} of ${total} orders`)
  const advance = Ref.updateAndGet(count, (done) => done + 1).pipe(
    Effect.tap((done) =>
      canAnimate ? draw(done) : done % perLine === 0 || done === total ? print(done) : Effect.void
    ),
    Effect.asVoid
  )
  if (!canAnimate) return yield* work(advance)
  // Whatever is said next, an error too, begins on a line of its own.
  return yield* Effect.ensuring(Effect.andThen(draw(0), work(advance)), display("\n"))
})

/** `  ██████░░░░  332 of 553 orders   60 %`, no wider than the terminal. */
export const bar = (done: number, total: number, columns: number): string => {
  const share = total === 0 ? 1 : done / total
  const digits = String(total).length
  const text = `${String(done).padStart(digits)} of ${total} orders ${String(Math.floor(share * 100)).padStart(4)} %`
  const width = Math.min(widest, columns - text.length - 5)
  if (width < 4) return `  ${text}`
  const filled = Math.floor(share * width)
  return `  ${"█".repeat(filled)}${"░".repeat(width - filled)}  ${text}`
}
