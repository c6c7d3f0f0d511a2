/**
 * Registrations and changes of e-mail addresses as sagas: the laws of every saga; and over random runs, while answers are
 * lost, commands come twice or late, sagas begin late or are cancelled and customers are forgotten, that no two customers
 * have one address, and that in the end nothing is left open.
 */
import { assert, describe, it } from "@effect/vitest"
import { Personal } from "@eventfold/decider"
import { EmailSagas } from "@eventfold/domain-customers"
import { effort, SagaLaws } from "@eventfold/testing"
import { Effect, Random } from "effect"
import { type Fate, Registry } from "./Registry.ts"
import * as Scenario from "./Scenario.ts"

describe("the sagas", () => {
  const claimed = { claimId: Scenario.second, emailHash: Scenario.otherHash }
  const former = { claimId: Scenario.first, emailHash: Scenario.emailHash }
  const input = { customerId: Scenario.customerId, ...claimed }
  const laws = [
    ...SagaLaws.of(EmailSagas.registration(), { runs: 30 * effort, crashes: 30 * effort, inputs: [input] }),
    ...SagaLaws.of(EmailSagas.emailChange(), {
      runs: 30 * effort,
      crashes: 30 * effort,
      inputs: [{ ...input, former }]
    })
  ]
  for (const law of laws) it.effect(law.name, () => law.check)
})

const emails = ["ada@example.org", "Ada@Example.org", "grace@example.org", "GRACE@example.org"].map(Scenario.emailOf)
const [ada = Scenario.email, alsoAda = Scenario.email, grace = Scenario.email] = emails

/** Who has which address, by its hash; nobody has one who is forgotten. */
const owners = (registry: Registry): ReadonlyArray<readonly [hash: string, customerId: string]> =>
  registry
    .customers()
    .flatMap(([id, customer]) =>
      customer.status === "registered" && !Personal.isRedacted(customer.email)
        ? [[customer.claimed.emailHash, id] as const]
        : []
    )

const check = (registry: Registry, when: string) => {
  const owned = owners(registry)
  assert.strictEqual(new Set(owned.map(([hash]) => hash)).size, owned.length, `${when}: one owner per address`)
  const addresses = registry.addresses()
  for (const [hash, customerId] of owned) {
    const address = addresses.get(hash)
    const holder = address === undefined || address.status === "free" ? undefined : address.holder.subject
    assert.strictEqual(holder, customerId, `${when}: an address is held by its owner`)
  }
}

/** Nothing is waited for, and nobody keeps an address that is not theirs. */
const checkSettled = (registry: Registry) => {
  check(registry, "in the end")
  for (const status of registry.sagas()) assert.include(["completed", "compensated"], status)
  for (const [id, customer] of registry.customers()) {
    assert.include(["registered", "rejected"], customer.status, id)
    assert.isFalse(customer.status === "registered" && customer.awaited !== undefined)
  }
  const owned = new Map(owners(registry))
  for (const [hash, address] of registry.addresses()) {
    if (address.status === "free" || Personal.isRedacted(address.holder)) continue
    assert.strictEqual(address.status, "confirmed")
    assert.strictEqual(address.holder.subject, owned.get(hash), "no address is kept for nobody")
  }
}

const stands = (registry: Registry) => registry.customers().map(([, { status }]) => status)

describe("a registration", () => {
  it("of one of two who want an address comes to nothing, whichever is first", () => {
    for (const order of [
      [0, 1],
      [1, 0]
    ]) {
      const registry = new Registry()
      registry.register(0, ada)
      registry.register(1, alsoAda)
      registry.start()
      for (const saga of order) registry.step(registry.running()[saga] ?? "", () => "heard")
      registry.run()
      assert.strictEqual(stands(registry)[order[0] ?? 0], "registered")
      assert.strictEqual(stands(registry)[order[1] ?? 0], "rejected")
      checkSettled(registry)
    }
  })

  it("that cannot reserve ends, and the address is free; what comes late takes it from nobody", () => {
    const registry = new Registry()
    registry.register(0, ada)
    registry.run((command) => (command === "ReserveEmail" ? "late" : "heard"))
    assert.deepStrictEqual(stands(registry), ["rejected"])
    registry.register(1, ada)
    registry.run()
    registry.deliverLate()
    assert.deepStrictEqual(stands(registry), ["rejected", "registered"])
    checkSettled(registry)
  })

  it("whose address is reserved goes on, however long nobody hears of it", () => {
    const registry = new Registry()
    registry.register(0, ada)
    registry.start()
    let deaf = 12
    registry.run((command) => (command === "AdoptEmail" && (deaf -= 1) > 0 ? "lost" : "heard"))
    assert.deepStrictEqual(stands(registry), ["registered"])
    checkSettled(registry)
  })
})

describe("a changed address", () => {
  it("leaves the former one to others, and comes back to it", () => {
    const registry = new Registry()
    registry.register(0, ada)
    registry.run()
    registry.change(0, grace)
    registry.run()
    registry.register(1, alsoAda)
    registry.run()
    assert.deepStrictEqual(stands(registry), ["registered", "registered"])
    registry.change(1, grace)
    registry.run()
    assert.strictEqual(registry.sagas().at(-1), "compensated")
    checkSettled(registry)
  })

  it("of somebody forgotten is anybody's", () => {
    const registry = new Registry()
    registry.register(0, ada)
    registry.run()
    registry.forget(0)
    registry.register(1, ada)
    registry.run()
    assert.deepStrictEqual(stands(registry), ["registered", "registered"])
    checkSettled(registry)
  })
})

const oneOf = <A>(all: ReadonlyArray<A>, otherwise: A) =>
  Effect.map(Random.nextIntBetween(0, Math.max(0, all.length - 1)), (index) => all[index] ?? otherwise)
const fates: ReadonlyArray<Fate> = ["heard", "heard", "heard", "heard", "lost", "late", "doubled", "not sent"]

const randomRun = Effect.gen(function* () {
  const registry = new Registry()
  let customers = 0
  for (let turn = 0; turn < 150; turn += 1) {
    const odds = yield* Random.next
    const email = yield* oneOf(emails, ada)
    const someone = yield* Random.nextIntBetween(0, Math.max(0, customers - 1))
    const running = registry.running()
    if (odds < 0.12) {
      registry.register(customers, email)
      customers += 1
    } else if (odds < 0.22) registry.change(someone, email)
    else if (odds < 0.24) registry.forget(someone)
    else if (odds < 0.34) registry.start()
    else if (odds < 0.4) registry.deliverLate()
    else if (running.length > 0) {
      const id = yield* oneOf(running, "")
      const fate = yield* oneOf(fates, "heard")
      if (odds < 0.42) registry.cancel(id)
      else registry.step(id, () => fate)
    }
    check(registry, `turn ${turn}`)
  }
  registry.run()
  registry.deliverLate()
  checkSettled(registry)
})

describe("any registrations and changes, whatever fails", () => {
  for (const seed of Array.from({ length: 100 * effort }, (_, index) => `emails-${index}`)) {
    it.effect(`give no address to two customers, and end (seed ${seed})`, () => randomRun.pipe(Random.withSeed(seed)))
  }
})
