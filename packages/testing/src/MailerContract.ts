/**
 * Holds a layer of the mailer to its laws, with vitest.
 *
 * ```ts
 * MailerContract.suite("the mailer over SMTP", MailerSmtp.layer({ server }).pipe(Layer.provideMerge(mailboxes)))
 * ```
 */
import type { Mailer } from "@eventfold/domain-notifications"
import type { Layer } from "effect"
import { register, type SuiteOptions } from "./ContractSuite.ts"
import { laws, type Mailboxes } from "./MailerLaws.ts"

/** Registers one test per law of the mailer, with the mailboxes of the server it sends to. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<Mailer.Mailer | Mailboxes, E>,
  options?: SuiteOptions
): void => register(name, layer, laws, options)
