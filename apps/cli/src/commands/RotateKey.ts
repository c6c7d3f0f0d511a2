/** `eventfold rotate-key`: gives one person a new version of their key. */
import { type KeyChange, KeyStore, type SubjectId } from "@eventfold/event-store"
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as Options from "../Options.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import * as StoreKeys from "../StoreKeys.ts"
import { inOneLine } from "../UserErrors.ts"
import { actor, reason, subject, tenant } from "./Arguments.ts"

const run = Effect.fn("eventfold rotate-key")(function* (person: SubjectId, by: KeyChange) {
  const rotated = yield* (yield* KeyStore).rotateSubject(person, by)
  const { forgotten, versions } = yield* StoreKeys.subjectState(person)
  if (!rotated) {
    const rule = forgotten
      ? `${person.subject} of tenant ${person.tenant} is forgotten, and gets no key any more`
      : `${person.subject} of tenant ${person.tenant} has no key: nothing personal was ever stored of them`
    return yield* new Options.OptionRefused({ option: "--subject", rule })
  }
  yield* Console.log(
    `${person.subject} of tenant ${person.tenant} has version ${versions} of their key: it seals from now on, and those ` +
      "before still open"
  )
})

/** Renews the key of a person. */
export const rotateKeyCommand = Command.make("rotate-key", { tenant, subject, actor, reason }, (options) =>
  Effect.gen(function* () {
    const person = yield* Options.personOf(options)
    const by = yield* Options.auditedBy(options)
    yield* Effect.provide(run(person, by), StoreDatabase.ports)
  }).pipe(inOneLine)
).pipe(
  Command.withDescription(
    "Gives a person a new version of the key of their data. What is stored from now on is sealed by it; what was stored " +
      "before stays as it is, and is opened by the versions before. The audit tells of it (PersonKeyRotated). An embedded " +
      "database belongs to one process: stop the service before."
  ),
  Command.withShortDescription("Give a person a new version of their key"),
  Command.withExamples([
    {
      command:
        "eventfold rotate-key --subject customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e01 --actor ada --reason 'a yearly change'",
      description: "Renew the key of a customer"
    }
  ])
)
