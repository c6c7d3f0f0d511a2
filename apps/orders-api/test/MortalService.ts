/**
 * The service as a process that is killed with `kill -9` and started again, for tests that ask it all the while.
 */
import { assert } from "@effect/vitest"
import { type Cause, type Duration, Effect, Exit, Schedule } from "effect"
import { each } from "./Reading.ts"
import { uuid } from "./Samples.ts"
import * as ServiceProcess from "./ServiceProcess.ts"
import { type Answer, ask, request, TestService } from "./TestService.ts"

/** How long is waited for what must come, however often the service is killed. */
export const patience = Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "90 seconds" }))

/** Asks until the answer is as it should be; fails the test when it never is. */
export const until = Effect.fnUntraced(function* (path: string, wanted: (answer: Answer) => boolean) {
  const answer = yield* Effect.repeat(request("GET", path), { schedule: patience, until: wanted })
  assert.isTrue(wanted(answer), `${path}: ${answer.text}`)
  return answer
})

/** A service that is killed and comes back, and is asked again by whoever had no answer from it. */
export const mortal = Effect.fnUntraced(function* (env: Record<string, string>) {
  let running = yield* ServiceProcess.startReady(env)
  /** Why it does not come back: then nobody need ask any more. */
  let gone: Cause.Cause<ServiceProcess.ProcessEnded> | undefined
  const asked = TestService.of({
    url: running.url,
    port: 0,
    log: [],
    request: (method, path, { body, headers = {} } = {}) => {
      const given = { body, headers: { "idempotency-key": uuid(), ...headers } }
      return Effect.exit(
        Effect.suspend(() => Effect.timeout(ask(running.url, method, path, given), "20 seconds"))
      ).pipe(
        Effect.repeat({
          schedule: patience,
          until: (exit) => gone !== undefined || (Exit.isSuccess(exit) && exit.value.status < 500)
        }),
        Effect.flatMap((exit) => (gone === undefined ? Effect.succeed(exit) : Effect.failCause(gone))),
        Effect.flatten,
        Effect.orDie
      )
    }
  })
  const end = Effect.gen(function* () {
    yield* running.kill("SIGKILL")
    assert.strictEqual(yield* running.ended, "SIGKILL")
  })
  const kill = Effect.gen(function* () {
    yield* end
    running = yield* ServiceProcess.startReady(env).pipe(
      Effect.tapCause((cause) => Effect.sync(() => void (gone = cause)))
    )
  })
  /** Kills it, and once more so long after it was started again, which may be before it is ready. */
  const killTwice = Effect.fnUntraced(function* (after: Duration.Input) {
    yield* end
    running = { ...(yield* ServiceProcess.start(env)), url: running.url }
    yield* Effect.sleep(after)
    yield* kill
  })
  return { asked, end, kill, killTwice }
})

/** Has every saga that waits tried again: those whose attempts the kills have used up would wait for an hour. */
export const tryAgain = Effect.gen(function* () {
  const { body } = yield* request("GET", "/sagas?state=waiting&limit=100")
  const reason = { reason: "the service runs again" }
  for (const id of each(body, "sagas", "sagaId")) yield* request("POST", `/sagas/${String(id)}/retry`, { body: reason })
})
