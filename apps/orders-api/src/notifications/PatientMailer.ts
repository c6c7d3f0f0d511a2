/**
 * A mailer that waits while no server takes mail: nothing is postponed or given up in an outage, and nobody is told twice.
 *
 * When a mail fails in a way that may be the server's fault, the server is asked whether it is there. If it is, the fault is about
 * this mail: the failure is handed on. If it is not, this mail and all who come after it wait until it is, and are sent then.
 *
 * Gotcha: a request takes as long as the outage. The server is asked every few seconds, and every minute in the end, by one at a time.
 */
import { Mailer } from "@eventfold/domain-notifications"
import { Effect, Layer, Result, Schedule, Semaphore } from "effect"

const pace = Schedule.min([Schedule.exponential("2 seconds"), Schedule.spaced("1 minute")]).pipe(Schedule.jittered)

/** The same mailer, with patience. */
export const layer: Layer.Layer<Mailer.Mailer, never, Mailer.Mailer> = Layer.effect(
  Mailer.Mailer,
  Effect.gen(function* () {
    const mailer = yield* Mailer.Mailer
    const [asking, now] = [yield* Semaphore.make(1), Effect.result(mailer.check)]
    const isBack = asking.withPermits(1)(Effect.retry(mailer.check, pace))
    const send = (mail: Mailer.Mail): Effect.Effect<Mailer.SentBy, Mailer.MailError> =>
      Effect.catchTag(mailer.send(mail), "MailerUnavailable", (failure) =>
        failure.problem === "busy"
          ? Effect.fail(failure)
          : Effect.flatMap(now, (found) =>
              Result.isSuccess(found)
                ? Effect.fail(failure)
                : Effect.andThen(
                    Effect.logWarning("no mail can be sent: telling customers waits", found.failure),
                    Effect.andThen(isBack, send(mail))
                  )
            )
      )
    return { ...mailer, send }
  })
)
