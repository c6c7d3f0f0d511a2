/**
 * Who owns an account. The only personal datum of the context: events and states have it by this schema, and neither
 * answers of commands nor refusals hold it.
 *
 * The subject is the account: an owner has no id of their own here. To forget the owner is to forget the account's id.
 */
import { Personal } from "@eventfold/decider"
import { type AccountId, PersonName } from "@eventfold/shared-kernel"

/** The schema of the owner of an account, by name. It can be forgotten. */
export const AccountOwner = Personal.schema(PersonName.PersonName)
/** The owner of an account, by name. */
export type AccountOwner = typeof AccountOwner.Type

/** The owner of an account that is opened in this name. */
export const of = (accountId: AccountId, name: PersonName.PersonName): AccountOwner => Personal.of(accountId, name)

/** Whether an owner is known to have this name. Of a forgotten one nothing is known. */
export const isCalled = (owner: AccountOwner, name: PersonName.PersonName): boolean =>
  Personal.match(owner, { onKnown: (known) => known === name, onRedacted: () => false })
