/**
 * The sagas and process managers of the service, each with what it is for and how it is drawn: what is told of them is what
 * runs, because both are this table.
 */
import { TransferProcess } from "@eventfold/domain-accounts"
import { EmailSagas } from "@eventfold/domain-customers"
import { Diagram, type DomainEvent, type Message, type ProcessManager, type Saga } from "@eventfold/decider"
import {
  OrderCancellation,
  OrderFulfilment,
  PaymentProcess,
  ProcessDiagrams,
  ShippingProcess
} from "@eventfold/domain-fulfilment"
import { ProcessManagerRunner } from "@eventfold/processes"
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
  diagram: () => Diagram.ofSaga(saga),
  mermaid: () => Diagram.mermaidOfSaga(saga)
})

/** A process manager with what is told of it. Trying what it can go through takes a moment, so that is done once. */
const managerOf = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  summary: string,
  tried: () => Diagram.ProcessDiagram,
  breakers: { readonly [command: string]: string } = {}
) => {
  let found: Diagram.ProcessDiagram | undefined
  const diagram = () => (found ??= tried())
  return {
    kind: "process-manager" as const,
    name: manager.name,
    version: manager.version,
    summary,
    run: ProcessManagerRunner.run(manager, { sending: { breakers } }),
    diagram,
    mermaid: () => Diagram.mermaidOfProcessManager(diagram())
  }
}

const shipping = managerOf(ShippingProcess.make(), ShippingProcess.summary, ProcessDiagrams.shipping)
const payment = managerOf(
  PaymentProcess.make(),
  PaymentProcess.summary,
  ProcessDiagrams.payment,
  PaymentProcess.breakers
)

/** The sagas of the service, whatever the setting: those that run go on. */
export const sagas = [
  sagaOf(coordinated.fulfilment, OrderFulfilment.summary),
  sagaOf(coordinated.cancellation, OrderCancellation.summary),
  sagaOf(transfer, TransferProcess.summary),
  sagaOf(claiming.registration, EmailSagas.registrationSummary),
  sagaOf(claiming.emailChange, EmailSagas.emailChangeSummary)
]

/** The process managers that run under each setting of `FULFILMENT`. */
export const managers = {
  off: [],
  orchestrated: [shipping],
  choreographed: [shipping, payment]
} satisfies Record<SettingsShape["fulfilment"], ReadonlyArray<typeof shipping>>
