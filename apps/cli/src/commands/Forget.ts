/** `eventfold forget`: forgets a person, for ever. */
import { type Forgetting, forgetPerson, ForgottenSubject, type SubjectId } from "@eventfold/event-store"
import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import * as Options from "../Options.ts"
import * as StoreContents from "../StoreContents.ts"
import * as StoreDatabase from "../StoreDatabase.ts"
import * as StoreKeys from "../StoreKeys.ts"
import { inOneLine } from "../UserErrors.ts"
import { actor, subject, tenant } from "./Arguments.ts"

const reason = Flag.String("reason").pipe(
  Flag.withDescription("why: a code such as requested or retention-ended, so that no name gets into the ledger")
)

const run = Effect.fn("eventfold forget")(function* (person: SubjectId, why: Forgetting) {
  const before = yield* StoreKeys.subjectState(person)
  yield* forgetPerson(person, why).pipe(
    Effect.catchTag("InvalidForgetting", ({ field, rule }) =>
      Effect.fail(new Options.OptionRefused({ option: `--${field}`, rule }))
    )
  )
  const who = `${person.subject} of tenant ${person.tenant}`
  if (before.forgotten) yield* Console.log(`${who} was forgotten before: nothing has changed`)
  else {
    const destroyed = StoreContents.counted(before.versions, "key of personal data", "keys of personal data")
    yield* Console.log(`forgot ${who}, for ever: destroyed ${destroyed.join() || "no key, for there was none"}`)
    yield* Console.log("other processes show nothing more of them within ten seconds")
  }
  if (!before.known) {
    yield* Console.error(
      `WARNING: nothing personal was ever stored of ${who}: if the id is mistyped, the person you mean is not forgotten`
    )
  }
  if (yield* StoreKeys.lacksLedger) {
    yield* Console.error(
      "WARNING: EVENTFOLD_FORGOTTEN_LEDGER is not set: only the database knows who is forgotten, and restoring an older " +
        "backup of it brings them back. Set it as for the service, and forget them again"
    )
  }
})

/** Forgets a person. */
export const forgetCommand = Command.make("forget", { tenant, subject, actor, reason }, (options) =>
  Effect.gen(function* () {
    const person = yield* Options.personOf(options)
    const why = {
      actor: yield* Options.check("--actor", ForgottenSubject.fields.actor, options.actor),
      reason: yield* Options.check("--reason", ForgottenSubject.fields.reason, options.reason)
    }
    yield* Effect.provide(run(person, why), StoreDatabase.ports)
  }).pipe(inOneLine)
).pipe(
  Command.withDescription(
    "Forgets a person, for ever: writes them into the ledger of the forgotten, destroys the keys of their data and tells " +
      "the audit (PersonForgotten). From then on everybody reads [REDACTED], in every event and every backup. It cannot be " +
      "taken back; done again, it changes nothing. On a server the service may go on meanwhile; an embedded database " +
      "belongs to one process, so stop the service before."
  ),
  Command.withShortDescription("Forget a person, for ever"),
  Command.withExamples([
    {
      command:
        "eventfold forget --subject customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e01 --actor ada --reason requested",
      description: "A customer has asked for it"
    }
  ])
)
