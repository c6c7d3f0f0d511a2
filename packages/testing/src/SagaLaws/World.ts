/**
 * What lies around a saga in its laws: handlers that do each command once per id, as a command bus does, and the points
 * between any two steps at which the process that drives the saga can die.
 */
import { Saga } from "@eventfold/decider"
import type { CommandOutcome, EventStore } from "@eventfold/event-store"
import { CommandNotSent, type CommandSender } from "@eventfold/processes"
import { Deferred, Effect, type Schema } from "effect"

/** What happens to one sending of a command. */
export type Fate =
  /** It is handled, and its outcome comes back. */
  | "heard"
  /** It never arrives. */
  | "not sent"
  /** It is handled, and its outcome is lost. */
  | "lost"
  /** It is handled, and nothing ever comes back. */
  | "silent"
  /** It arrives twice. */
  | "doubled"

/** How a command goes: what it is answered, or refused with, once it is handled; and the fate of each sending. */
export interface Course {
  readonly outcome: CommandOutcome
  readonly fate: (sending: number) => Effect.Effect<Fate>
}

/** Decides how a command goes when it is sent for the first time. */
export type Script = (command: string, commandId: string) => Effect.Effect<Course>

/** A command that took effect. */
export interface Taken {
  readonly commandId: string
  readonly command: string
}

/** What lies around a saga. */
export class World {
  /** The commands that took effect, in order. */
  readonly taken: Array<Taken> = []
  /** The contents that came under an id that had come with another one. */
  readonly changed: Array<string> = []
  /** How many points there have been so far. */
  points = 0
  /** Whether the process dies at a point. */
  diesAt: (point: number) => Effect.Effect<boolean> = () => Effect.succeed(false)
  /** Done when the process has died. */
  dead = Deferred.makeUnsafe<void>()

  readonly #script: Script
  readonly #courses = new Map<string, { readonly course: Course; readonly payload: string; sendings: number }>()
  readonly #handled = new Set<string>()

  constructor(script: Script) {
    this.#script = script
  }

  /** A point at which the process can die: then it does nothing any more. */
  readonly point: Effect.Effect<void> = Effect.suspend(() =>
    Effect.flatMap(this.diesAt(this.points++), (dies) =>
      dies ? Effect.andThen(Deferred.succeed(this.dead, undefined), Effect.never) : Effect.void
    )
  )

  /** The process can die before an effect and after it. */
  readonly risky = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.andThen(
      this.point,
      Effect.tap(effect, () => this.point)
    )

  /** A log whose appends are such points. */
  log(store: EventStore["Service"]): EventStore["Service"] {
    return { ...store, append: (...given) => this.risky(store.append(...given)) }
  }

  /** Handlers of all commands; to send to them is such a point. */
  readonly sender: CommandSender["Service"] = {
    send: (command, { id, payload }) => this.risky(Effect.suspend(() => this.#send(command, id, payload)))
  }

  #send(command: string, commandId: string, payload: Schema.Json): Effect.Effect<CommandOutcome, CommandNotSent> {
    const text = JSON.stringify(payload)
    return Effect.gen({ self: this }, function* () {
      let known = this.#courses.get(commandId)
      if (known === undefined) {
        known = { course: yield* this.#script(command, commandId), payload: text, sendings: 0 }
        this.#courses.set(commandId, known)
      }
      if (known.payload !== text) this.changed.push(`${command}: first ${known.payload}, then ${text}`)
      known.sendings += 1
      const { course } = known
      const fate = yield* course.fate(known.sendings)
      const failed = new CommandNotSent({ command, reason: "no answer", ofOutside: true })
      if (fate === "not sent") return yield* failed
      this.#handle(command, commandId, course)
      if (fate === "doubled") this.#handle(command, commandId, course)
      if (fate === "lost") return yield* failed
      if (fate === "silent") return yield* Effect.never
      return course.outcome
    })
  }

  /** As a command bus does: once per id. */
  #handle(command: string, commandId: string, { outcome }: Course): void {
    if (this.#handled.has(commandId)) return
    this.#handled.add(commandId)
    if (outcome._tag === "Answered") this.taken.push({ commandId, command })
  }
}

/** The ids of the commands of a saga in a round, by step and action. */
export const idsOf = (saga: Saga.AnySaga, ref: Pick<Saga.Started, "sagaId" | "tenant">, round: number) =>
  [...saga.steps.map(({ name }) => name), Saga.start].flatMap((step) =>
    (["execute", "compensate"] as const).map((action) => ({
      step,
      action,
      id: Saga.commandIdOf(ref, step, action, round)
    }))
  )
