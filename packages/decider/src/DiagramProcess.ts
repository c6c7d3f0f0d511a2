/**
 * What a process manager can go through, found by trying it: as data for a page, and as a Mermaid state diagram.
 *
 * From the beginning on, everything that can come is brought to the process in every situation it has come to: the samples
 * it is given, an outcome for each open command of its key, and each timer that runs. What leads from one phase to another,
 * changes what the process knows, or has it do something, is drawn. So the diagram cannot tell anything else than the code
 * does; what no sample leads to is missing in it.
 *
 * Guarantee: it ends. At most {@link mostSituations} situations are looked at, the nearest first, and at most
 * {@link mostInVain} in a row that show nothing new: a process that counts without an end has no end of situations.
 */
import { DateTime, Result, Schema } from "effect"
import * as Decider from "./Decider.ts"
import type { DomainEvent } from "./DomainEvent.ts"
import type { AnyCommand } from "./Message.ts"
import { of as deciderOf, type Process } from "./ProcessDecider.ts"
import type { ProcessEvent } from "./ProcessEvent.ts"
import type { Input, OwnInput } from "./ProcessInput.ts"
import { ownTags } from "./ProcessInput.ts"
import type { ProcessManager } from "./ProcessManagerShape.ts"

type Time = Schema.DateTimeUtc["Type"]

/** How many situations of a process are looked at. */
export const mostSituations = 2000

/** How many situations in a row are looked at that show nothing new. */
export const mostInVain = 500

/** One way from a phase to another, or to itself. */
export interface ProcessTransition {
  readonly from: string
  readonly to: string
  /** What comes: the name of an event, `timer <name>`, or `<command> answered`, `refused` or `failed`. */
  readonly on: string
  /** The names of the commands that are sent. */
  readonly sends: ReadonlyArray<string>
  /** The names of the timers that start. */
  readonly starts: ReadonlyArray<string>
}

/** What a process manager can go through. */
export interface ProcessDiagram {
  readonly name: string
  readonly version: number
  /** In the order in which they are come to; the first one is where every process begins. */
  readonly phases: ReadonlyArray<{ readonly name: string; readonly ended: boolean }>
  readonly transitions: ReadonlyArray<ProcessTransition>
}

/** The finding of a diagram: each step looks at one situation, and the last one answers. */
export type Finding = Generator<void, ProcessDiagram, void>

/**
 * Finds what a process manager can go through. `samples` has one input of each kind that can come: what is said of the
 * number of a command or the time of a timer in them does not count.
 */
export const ofProcessManager = <State, Event extends DomainEvent, C extends AnyCommand>(
  manager: ProcessManager<State, Event, C>,
  samples: ReadonlyArray<Input<NoInfer<Event>, NoInfer<C>>>
): ProcessDiagram => found(finding(manager, samples))

/** Goes to the end of it at once, which takes a moment: tenths of a second for a process of many situations. */
export const found = (finding: Finding): ProcessDiagram => {
  let step = finding.next()
  while (step.done !== true) step = finding.next()
  return step.value
}

/** The same as {@link ofProcessManager}, one situation at a time, for whoever has something else to do in between. */
export const finding = function* <State, Event extends DomainEvent, C extends AnyCommand>(
  manager: ProcessManager<State, Event, C>,
  samples: ReadonlyArray<Input<NoInfer<Event>, NoInfer<C>>>
): Finding {
  const decider = deciderOf(manager)
  const encode = Schema.encodeResult(Schema.toCodecJson(manager.State))
  const known = ({ state }: Process<State>) => JSON.stringify(Result.getOrElse(encode(state), () => null))
  const nameOf = (process: Process<State>) => {
    const { open, status, timers } = process
    return JSON.stringify([
      status,
      known(process),
      Object.keys(timers).toSorted(),
      Array.from(new Set(Object.values(open))).toSorted()
    ])
  }
  const phaseOf = ({ state }: Process<State>) => manager.phase(state)
  const phases = new Map<string, boolean>([[phaseOf(decider.initial), false]])
  const transitions = new Map<string, ProcessTransition>()
  const begin = samples.find((sample) => !ownTags.has(sample._tag))?.occurredAt ?? DateTime.makeUnsafe(0)
  const situations: Array<{ readonly process: Process<State>; readonly at: Time }> = [
    { process: decider.initial, at: begin }
  ]
  const seen = new Set([nameOf(decider.initial)])
  let inVain = 0
  for (const { at, process } of situations) {
    if (process.status === "ended") continue
    const before = known(process)
    inVain += 1
    if (inVain > mostInVain) break
    for (const input of inputsIn(process, at, samples)) {
      const takenAt = input._tag === "TimerFired" ? DateTime.max(at, input.occurredAt) : at
      const events = Result.getOrElse(decider.decide({ input, at: takenAt }, process), () => [])
      if (events.length === 0 || events.some(({ _tag }) => _tag === "InputIgnored")) continue
      const after = Decider.fold(decider, events, process)
      if (events.some(({ _tag }) => _tag !== "InputTaken") || before !== known(after)) {
        const transition = transitionOf(phaseOf(process), phaseOf(after), input, events)
        const label = JSON.stringify(transition)
        if (!transitions.has(label)) inVain = 0
        transitions.set(label, transition)
        phases.set(transition.to, (phases.get(transition.to) ?? false) || after.status === "ended")
      }
      const name = nameOf(after)
      if (seen.has(name) || seen.size >= mostSituations) continue
      seen.add(name)
      situations.push({ process: after, at: takenAt })
    }
    yield
  }
  return {
    name: manager.name,
    version: manager.version,
    phases: Array.from(phases, ([name, ended]) => ({ name, ended })),
    transitions: Array.from(transitions.values())
  }
}

/** Everything that can come to a process as it stands. */
const inputsIn = <State, Event extends DomainEvent, C extends AnyCommand>(
  { open, timers }: Process<State>,
  at: Time,
  samples: ReadonlyArray<Input<Event, C>>
): ReadonlyArray<Input<Event, C>> => [
  ...samples.flatMap((sample): ReadonlyArray<Input<Event, C>> => {
    if (!isOwn<Event, C>(sample)) return [sample]
    if (sample._tag === "TimerFired") return []
    if (sample._tag === "ProcessStalled") return [sample]
    return Object.entries(open).flatMap(([number, key]) =>
      key === sample.key ? [{ ...sample, number: Number(number), occurredAt: at }] : []
    )
  }),
  ...Object.entries(timers).map(([timer, dueAt]) => ({
    _tag: "TimerFired" as const,
    timer,
    dueAt,
    occurredAt: dueAt
  }))
]

const isOwn = <Event extends DomainEvent, C extends AnyCommand>(input: Input<Event, C>): input is OwnInput<C> =>
  ownTags.has(input._tag)

const transitionOf = <Event extends DomainEvent, C extends AnyCommand>(
  from: string,
  to: string,
  input: Input<Event, C>,
  events: ReadonlyArray<ProcessEvent<Event, C>>
): ProcessTransition => ({
  from,
  to,
  on: labelOf(input),
  sends: events.flatMap((event) => (event._tag === "CommandIssued" ? [shortName(event.message.command)] : [])),
  starts: events.flatMap((event) => (event._tag === "TimerStarted" ? [event.timer] : []))
})

const labelOf = <Event extends DomainEvent, C extends AnyCommand>(input: Input<Event, C>): string => {
  if (!isOwn<Event, C>(input)) return input._tag
  switch (input._tag) {
    case "TimerFired":
      return `timer ${input.timer}`
    case "ProcessStalled":
      return "nothing happens"
    case "CommandAnswered":
      return `${shortName(input.command)} answered`
    case "CommandRefused":
      return `${shortName(input.command)} refused`
    case "CommandFailed":
      return `${shortName(input.command)} failed`
  }
}

/** The name of a command without its context. */
const shortName = (command: string): string => command.slice(command.indexOf(".") + 1)

/** The diagram as text for Mermaid, which draws it. */
export const mermaidOfProcessManager = ({ phases, transitions }: ProcessDiagram): string => {
  const idOf = new Map(phases.map(({ name }, index) => [name, `p${index}`]))
  const of = (phase: string) => idOf.get(phase) ?? ""
  const first = phases[0]
  return [
    "stateDiagram-v2",
    ...phases.map(({ name }) => `  ${of(name)}: ${plain(name)}`),
    ...(first === undefined ? [] : [`  [*] --> ${of(first.name)}`]),
    ...transitions.map(({ from, on, sends, starts, to }) => {
      const does = [...sends.map((name) => `send ${name}`), ...starts.map((name) => `start ${name}`)]
      return `  ${of(from)} --> ${of(to)}: ${plain([on, ...(does.length === 0 ? [] : [does.join(", ")])].join(" / "))}`
    }),
    ...phases.filter(({ ended }) => ended).map(({ name }) => `  ${of(name)} --> [*]`),
    ""
  ].join("\n")
}

/** Without what means something to Mermaid. */
const plain = (text: string): string => text.replaceAll(/[:;#\n\r{}<>]/gu, " ")
