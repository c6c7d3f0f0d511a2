/**
 * Moves closed orders and accounts to the archive every night, and has the service read them there as if they had stayed.
 *
 * With `ARCHIVE_DIR` set, every reader of the service has the archive behind the log: an order that was archived is shown
 * when it is asked for, and a read model built from the beginning misses nothing. Nothing is added to it any more:
 * commands on it are answered 409. A run that fails, or dies of a mistake, is logged, and the next night goes on.
 */
import { Account } from "@eventfold/domain-accounts"
import { Order } from "@eventfold/domain-ordering"
import {
  type ArchiveCatalog,
  ArchivePolicy,
  Archiver,
  type Audit,
  type EventStore,
  type Transaction,
  WholeHistory
} from "@eventfold/event-store"
import { Hearing as Heard } from "@eventfold/messaging"
import { meanings } from "../messaging/Hearing.ts"
import { ArchiveDirectory } from "@eventfold/postgres"
import { Cause, Duration, Effect, Layer, Schedule } from "effect"
import { Settings, type SettingsShape } from "../Settings.ts"

/** What is archived: orders that were delivered or cancelled, accounts that were closed, what was heard of other programs. */
export const policies = (closedFor: Duration.Duration): ReadonlyArray<ArchivePolicy.ArchivePolicy> => [
  ArchivePolicy.make({ category: Order.Order.category, closedBy: ["OrderDelivered", "OrderCancelled"], closedFor }),
  ArchivePolicy.make({ category: Account.Account.category, closedBy: ["AccountClosed"], closedFor }),
  // What was heard last is what closes it: after so long nothing more is said.
  ArchivePolicy.make({
    category: Heard.category,
    closedBy: Array.from(new Set(meanings.map(({ name }) => name))),
    closedFor
  })
]

/** Moves all that is due, policy after policy. What went wrong is logged. */
export const runAll = Effect.gen(function* () {
  const { archiveAfter, tenant } = yield* Settings
  const archiver = yield* Archiver
  const by = { tenant, actor: "archiver", reason: `closed for ${Duration.format(archiveAfter)}` }
  yield* Effect.forEach(
    policies(archiveAfter),
    (policy) =>
      archiver.run(policy, by).pipe(
        Effect.flatMap(({ events, stayed, streams, why }) =>
          Effect.annotateLogs(
            Effect.logInfo(`archived ${streams} streams of ${policy.category} with ${events} events; ${stayed} stayed`),
            why.length === 0 ? {} : { stayed: why.map(({ reason }) => reason) }
          )
        ),
        Effect.catchCauseIf(
          (cause) => !Cause.hasInterruptsOnly(cause),
          (cause) => Effect.logError(`could not archive ${policy.category}`, cause)
        )
      ),
    { discard: true }
  )
})

/** Archives every night while the layer lives. */
export const nightly: Layer.Layer<never, never, Archiver | Settings> = Layer.effectDiscard(
  Effect.gen(function* () {
    const { archiveAt } = yield* Settings
    yield* Effect.forkScoped(Effect.schedule(runAll, Schedule.cron(archiveAt)))
  })
)

/** What archiving needs of the ports. */
type Needed = EventStore | ArchiveCatalog | Audit | Transaction

/** The ports with the archive behind the event store, and what fills it, if the settings ask for an archive. */
export const over = <Ports, E, R>(
  ports: Layer.Layer<Ports | Needed, E, R>,
  { archiveDirectory }: Pick<SettingsShape, "archiveDirectory">
): Layer.Layer<Ports | Needed, E, R | Settings> => {
  if (archiveDirectory === undefined) return ports
  // Side by side: the archiver sees the log alone, and everybody else the whole history.
  return Layer.merge(WholeHistory.layer, Layer.provide(nightly, Archiver.layer)).pipe(
    Layer.provide(ArchiveDirectory.layer(archiveDirectory)),
    Layer.provideMerge(ports)
  )
}
