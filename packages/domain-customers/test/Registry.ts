/**
 * Customers, addresses and the sagas between them, all in memory. Each command changes one aggregate; nothing remembers the
 * ids of commands, so each has to bear its repetition; and a saga begins some time after what asks for it was stored, as it
 * does when a process dies in between.
 */
import { Decider, Personal, Saga } from "@eventfold/decider"
import {
  Customer,
  CustomerCommands,
  type CustomerErrors,
  type CustomerEvents,
  EmailClaim,
  EmailClaimCommands,
  type EmailClaimErrors,
  type EmailClaimEvents,
  EmailSagas
} from "@eventfold/domain-customers"
import { CustomerId, type EmailAddress } from "@eventfold/shared-kernel"
import { DateTime, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

/** What becomes of a command. `lost`: its answer; `late`: it takes effect when nobody waits any more. */
export type Fate = "heard" | "lost" | "late" | "doubled" | "not sent"

type Command = CustomerCommands.CustomerCommand | EmailClaimCommands.EmailClaimCommand
type Refusal = CustomerErrors.CustomerRefusal | EmailClaimErrors.EmailClaimRefusal
type Answer = CustomerCommands.CustomerAnswer | EmailClaimCommands.EmailClaimAnswer
type Told<C = Saga.SagaCommand> = C extends Saga.SagaCommand ? Omit<C, "occurredAt" | "sagaId"> : never

const [registration, emailChange] = [EmailSagas.registration(), EmailSagas.emailChange()]
const sagas = Saga.set([registration, emailChange])
const sagaDecider = Saga.decider(sagas)
const decode = Schema.decodeUnknownSync(
  Schema.toCodecJson(
    Schema.Union([...CustomerCommands.CustomerCommand.members, ...EmailClaimCommands.EmailClaimCommand.members])
  )
)

/** The customer with a number. */
export const customerIdOf = (number: number) =>
  CustomerId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-${String(number + 1).padStart(12, "0")}`)

/** Everybody who is registered, or is about to be, and the addresses they have. */
export class Registry {
  readonly #customers = new Map<CustomerId, ReadonlyArray<CustomerEvents.CustomerEvent>>()
  readonly #addresses = new Map<string, ReadonlyArray<EmailClaimEvents.EmailClaimEvent>>()
  readonly #sagas = new Map<string, Saga.SagaState>()
  readonly #toStart: Array<CustomerEvents.RegistrationRequested | CustomerEvents.EmailChangeRequested> = []
  readonly #late: Array<Command> = []
  readonly #forgotten = new Set<string>()
  #now = DateTime.makeUnsafe("2024-05-01T00:00:00Z")

  /** Somebody registers. */
  register(number: number, email: EmailAddress.EmailAddress) {
    const common = { customerId: customerIdOf(number), occurredAt: this.#now, profile: Scenario.profile }
    return this.#transact(CustomerCommands.RegisterCustomer.make({ ...common, email }))
  }

  /** A customer changes the address. */
  change(number: number, email: EmailAddress.EmailAddress) {
    return this.#transact(
      CustomerCommands.ChangeEmail.make({ customerId: customerIdOf(number), occurredAt: this.#now, email })
    )
  }

  /** A customer is forgotten: nobody can read any more what is personal of theirs, nor what is stored of it from now on. */
  forget(number: number) {
    this.#forgotten.add(customerIdOf(number))
  }

  /** Begins the sagas of what was asked for. */
  start() {
    for (const event of this.#toStart.splice(0)) {
      const [saga, input] =
        event._tag === "RegistrationRequested"
          ? [registration, registration.encodeInput(EmailSagas.registrationOf(event))]
          : [emailChange, emailChange.encodeInput(EmailSagas.changeOf(event))]
      const id = EmailSagas.idOf(event.claimId)
      this.#sagas.set(id, Saga.initial)
      const { name, version } = saga
      this.#tell(id, { _tag: "Start", tenant: "main", saga: name, version, input: Result.getOrThrow(input) })
    }
  }

  /** The ids of the sagas that run. */
  running(): ReadonlyArray<string> {
    return [...this.#sagas.keys()].filter((id) => !Saga.isEnded(this.#started(id)))
  }

  /** Has a saga undone, if it still can be. */
  cancel(id: string) {
    this.#tell(id, { _tag: "Cancel", reason: "thought better of it" })
  }

  /** Has one saga do what is next. */
  step(id: string, fateOf: (command: string) => Fate) {
    const state = this.#started(id)
    if (state.status === "parked") this.#tell(id, { _tag: "Retry" })
    const next = Result.getOrThrow(Saga.next(sagas, this.#started(id)))
    this.#now = DateTime.add(next._tag === "Wait" ? next.until : this.#now, { seconds: 1 })
    if (next._tag === "Wait" || next._tag === "Proceed") return this.#tell(id, { _tag: "Proceed" })
    if (next._tag !== "Send") return
    const { attempt, commandId, payload, sending } = next
    const command = decode(payload)
    const fate = fateOf(command._tag)
    if (fate === "late") this.#late.push(command)
    if (fate === "doubled") this.#transact(command)
    const outcome = fate === "late" || fate === "not sent" ? undefined : this.#transact(command)
    if (outcome === undefined || fate === "lost") {
      return this.#tell(id, { _tag: "Fail", commandId, attempt, error: "no answer" })
    }
    const { Answer, Refusal } = sending.command
    this.#tell(
      id,
      Result.match(outcome, {
        onSuccess: (answer): Told => ({ _tag: "Answer", commandId, answer: json(Answer, answer) }),
        onFailure: (refusal) => ({ _tag: "Refuse", commandId, refusal: json(Refusal, refusal) })
      })
    )
  }

  /** Has every saga run to its end. */
  run(fateOf: (command: string) => Fate = () => "heard") {
    this.start()
    for (const id of this.#sagas.keys()) {
      for (let turn = 0; turn < 100 && !Saga.isEnded(this.#started(id)); turn += 1) this.step(id, fateOf)
    }
  }

  /** What nobody waits for any more takes effect now. */
  deliverLate() {
    for (const command of this.#late.splice(0)) this.#transact(command)
  }

  /** How every customer stands. */
  customers() {
    return [...this.#customers.keys()].map((id) => [id, Decider.fold(Customer.Customer, this.#ofCustomer(id))] as const)
  }

  /** How every address stands that somebody has asked for, by its hash. */
  addresses(): ReadonlyMap<string, EmailClaim.EmailClaimState> {
    return new Map(
      [...this.#addresses.keys()].map((hash) => [hash, Decider.fold(EmailClaim.EmailClaim, this.#ofAddress(hash))])
    )
  }

  /** How the sagas stand. */
  sagas(): ReadonlyArray<string> {
    return [...this.#sagas.values()].map(({ status }) => status)
  }

  /** The events of a customer, as they can be read now. */
  #ofCustomer(id: CustomerId) {
    const events = this.#customers.get(id) ?? []
    return this.#forgotten.has(id) ? Scenario.forgotten(events) : events
  }

  /** The events of an address, as they can be read now. */
  #ofAddress(hash: string): ReadonlyArray<EmailClaimEvents.EmailClaimEvent> {
    return (this.#addresses.get(hash) ?? []).map((event) =>
      event._tag === "EmailReserved" && this.#forgotten.has(event.holder.subject)
        ? { ...event, holder: Personal.redacted(event.holder.subject) }
        : event
    )
  }

  #started(id: string): Saga.Started {
    const state = this.#sagas.get(id)
    if (state === undefined || state.status === "none") throw new Error("it was not started")
    return state
  }

  #transact(command: Command): Result.Result<Answer, Refusal> {
    if ("emailHash" in command) {
      const before = this.#ofAddress(command.emailHash)
      const decided = Decider.decideAfter(EmailClaim.EmailClaim, before, command)
      if (Result.isFailure(decided)) return Result.fail(decided.failure)
      const events = [...before, ...decided.success.events]
      this.#addresses.set(command.emailHash, events)
      return Result.succeed(EmailClaim.answerOf(decided.success.state, events.length))
    }
    const before = this.#ofCustomer(command.customerId)
    const decided = Decider.decideAfter(Customer.Customer, before, Customer.asked(Scenario.hash, command))
    if (Result.isFailure(decided)) return Result.fail(decided.failure)
    const events = [...before, ...decided.success.events]
    this.#customers.set(command.customerId, events)
    for (const event of decided.success.events) {
      if (event._tag === "RegistrationRequested" || event._tag === "EmailChangeRequested") this.#toStart.push(event)
    }
    return Result.succeed(Customer.answerOf(decided.success.state, events.length))
  }

  #tell(id: string, told: Told) {
    const state = this.#sagas.get(id) ?? Saga.initial
    const decided = Decider.decide(sagaDecider, { ...told, sagaId: id, occurredAt: this.#now }, state)
    // A saga that has ended, or is past its pivot, cannot be cancelled: that is all that is refused here.
    if (Result.isSuccess(decided)) this.#sagas.set(id, decided.success.state)
  }
}

const json = <A>(schema: Schema.Codec<A, unknown>, value: unknown): Schema.Json =>
  Schema.decodeUnknownSync(Schema.Json)(
    JSON.parse(JSON.stringify(Schema.encodeUnknownSync(Schema.toCodecJson(schema))(value)))
  )
