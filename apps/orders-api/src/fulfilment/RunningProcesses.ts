/**
 * The sagas and process managers of the service, each with what it is for and how it is drawn: what is told of them is what
 * runs, because both are this table. Process managers are drawn with the usual limits, whatever is set.
 */
import { TransferProcess } from "@eventfold/domain-accounts"
import { EmailSagas } from "@eventfold/domain-customers"
import { Diagram, type DomainEvent, type Message, type ProcessManager, type Saga } from "@eventfold/decider"
import {
  type Limits,
  OrderCancellation,
  OrderFulfilment,
  PaymentProcess,
  ProcessDiagrams,
  ShippingProcess
} from "@eventfold/domain-fulfilment"
import { ReservationExpiry, ReservationExpirySamples } from "@eventfold/domain-inventory"
import { ProcessManagerRunner, type SendingOptions } from "@eventfold/processes"
import { Deferred, Effect } from "effect"
import type { SettingsShape } from "../Settings.ts"
import { sagas as coordinated } from "./Coordinated.ts"
import { sagas as claiming } from "./Registrations.ts"
import { transfer } from "./Transfers.ts"

/** A saga with what is told of it. */
const sagaOf = (saga: Saga.AnySaga, summary: string) => ({
  kind: "saga" as const,
  name: saga.name,
  version: saga.version,
  summary,
  saga,
  steps: saga.steps.map(({ command, name }) => ({ name, command: command.name })),
  diagram: Effect.sync(() => Diagram.ofSaga(saga)),
  mermaid: Effect.sync(() => Diagram.mermaidOfSaga(saga))
})

/**
 * A process manager with what is told of it. What it can go through is found by trying it, which takes tenths of a second: it
 * is done once, for whoever asks first, and after each of its situations, a millisecond on a machine at rest, everybody else
 * has a turn. Whoever asks meanwhile waits for the same; one who goes away does not break it off.
 */
const managerOf = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  summary: string,
  finding: () => Diagram.Finding,
  sending: SendingOptions = {}
) => {
  const found = Deferred.makeUnsafe<Diagram.ProcessDiagram>()
  let isBegun = false
  const find = Effect.gen(function* () {
    const steps = finding()
    let step = steps.next()
    for (; step.done !== true; step = steps.next()) yield* Effect.yieldNow
    return step.value
  })
  const diagram = Effect.suspend(() => {
    if (isBegun) return Deferred.await(found)
    isBegun = true
    return Effect.andThen(Effect.forkDetach(Deferred.into(find, found)), Deferred.await(found))
  })
  return {
    kind: "process-manager" as const,
    name: manager.name,
    version: manager.version,
    summary,
    run: ProcessManagerRunner.run(manager, { sending }),
    diagram,
    mermaid: Effect.map(diagram, Diagram.mermaidOfProcessManager)
  }
}

/** The sagas of the service, as patient as the limits say, whatever the setting: those that run go on. */
export const sagas = (limits: Limits.Limits) => {
  const { cancellation, fulfilment } = coordinated(limits)
  return [
    sagaOf(fulfilment, OrderFulfilment.summary),
    sagaOf(cancellation, OrderCancellation.summary),
    sagaOf(transfer, TransferProcess.summary),
    sagaOf(claiming.registration, EmailSagas.registrationSummary),
    sagaOf(claiming.emailChange, EmailSagas.emailChangeSummary)
  ]
}

/**
 * The process managers that run under each setting of `FULFILMENT`, as patient as the limits say. Reservations expire whatever
 * the setting, because anybody can make one.
 */
export const managers = (limits: Limits.Limits) => {
  const shipping = managerOf(ShippingProcess.make(limits), ShippingProcess.summary, ProcessDiagrams.shipping)
  const payment = managerOf(PaymentProcess.make(limits), PaymentProcess.summary, ProcessDiagrams.payment, {
    breakers: PaymentProcess.breakers,
    // Broken off earlier, an attempt would never take as long as it may.
    timeLimit: limits.payment
  })
  const expiry = managerOf(
    ReservationExpiry.ReservationExpiry,
    ReservationExpiry.summary,
    ReservationExpirySamples.finding
  )
  return {
    off: [expiry],
    orchestrated: [shipping, expiry],
    choreographed: [shipping, payment, expiry]
  } satisfies Record<SettingsShape["fulfilment"], ReadonlyArray<typeof shipping>>
}
