/**
 * What an e-mail address is known by where it must be unique: the hash of its normal form under a secret key. Two spellings
 * of an address have one hash; who has not the key cannot tell the address, not even by trying every address there is.
 *
 * Normal form: NFKC and lower case, as a whole. Strictly, the part before the @ may be case-sensitive; no mail service that
 * people use is, and two customers whose addresses differ in case are one person who typed twice.
 *
 * Gotchas: a domain with letters beyond ASCII and its `xn--` spelling are two. The hash outlives the forgetting of a person:
 * who has the key and a guess of an address can tell that it was once somebody's here. With another key every address is
 * free again, so the key must never change.
 */
import type { EmailAddress } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The schema of the hash of an address. */
export const EmailHash = Schema.String.check(
  Schema.isPattern(/^[0-9a-z]{16,64}$/u, { message: "must be 16 to 64 digits and lower-case letters" })
).pipe(Schema.brand("EmailHash"))
/** The hash of an address. */
export type EmailHash = typeof EmailHash.Type

/** Hashes texts under a secret key. Pure: to 16 to 64 digits and lower-case letters. */
export type Hash = (text: string) => string

/** The normal form of an address: what two spellings of it have in common. */
export const normalised = (email: EmailAddress.EmailAddress): string =>
  // Lower case can undo NFKC, hence twice; and a sigma is the same letter at the end of a word.
  email.normalize("NFKC").toLowerCase().normalize("NFKC").replaceAll("ς", "σ")

/**
 * The hash of an address.
 *
 * @throws an error when `hash` does not answer as {@link Hash} says: a mistake of the program.
 */
export const of = (hash: Hash, email: EmailAddress.EmailAddress): EmailHash => EmailHash.make(hash(normalised(email)))
