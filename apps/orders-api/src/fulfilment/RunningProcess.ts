/**
 * A saga or a process manager, with what it is for and how it is drawn. Process managers are drawn with the usual limits,
 * whatever is set.
 */
import { Diagram, type DomainEvent, type Message, type ProcessManager, type Saga } from "@eventfold/decider"
import { ProcessManagerRunner, type SendingOptions } from "@eventfold/processes"
import { Deferred, Effect } from "effect"

/** A saga with what is told of it. */
export const sagaOf = (saga: Saga.AnySaga, summary: string) => ({
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
export const managerOf = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
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

/** A saga that runs, with what is told of it. */
export type RunningSaga = ReturnType<typeof sagaOf>

/** A process manager that runs, with what is told of it. */
export type RunningManager = ReturnType<typeof managerOf>
