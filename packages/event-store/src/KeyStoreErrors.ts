/** What can go wrong with the keys of personal data, each as a typed error. None of them tells a key or a personal value. */
import { Schema } from "effect"

/** There is no master key, and personal data is to be stored or a key to be renewed. */
export class MasterKeyMissing extends Schema.TaggedError<MasterKeyMissing>()("MasterKeyMissing", {
  /** The environment variable that would hold it. */
  variable: Schema.String
}) {
  override get message() {
    return `Personal data can only be stored under a master key: set ${this.variable} to 32 random bytes in base64 (openssl rand -base64 32)`
  }
}

/** A personal value is to be stored or read, and the program has no key store. */
export class KeyStoreMissing extends Schema.TaggedError<KeyStoreMissing>()("KeyStoreMissing", {}) {
  override get message() {
    return (
      "A personal value is to be stored or read, and no key store is configured: provide the layers of Sealer and KeyStore, " +
      "with a master key in EVENTFOLD_MASTER_KEY"
    )
  }
}

/** A master key is not one. `source` is the environment variable or the file. */
export class MasterKeyInvalid extends Schema.TaggedError<MasterKeyInvalid>()("MasterKeyInvalid", {
  source: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.source}: ${this.rule}`
  }
}

/** The key of a subject is wrapped by a master key that is not at hand. */
export class MasterKeyUnknown extends Schema.TaggedError<MasterKeyUnknown>()("MasterKeyUnknown", {
  /** The name of the master key: a digest. */
  masterKey: Schema.String,
  /** The environment variable that can hold it. */
  variable: Schema.String
}) {
  override get message() {
    return `The master key ${this.masterKey} is not at hand, and keys are wrapped by it: add it to ${this.variable}`
  }
}

/** A stored key cannot be unwrapped: it was changed, or belongs to another subject. */
export class SubjectKeyDamaged extends Schema.TaggedError<SubjectKeyDamaged>()("SubjectKeyDamaged", {
  tenant: Schema.String,
  subject: Schema.String,
  version: Schema.Int
}) {
  override get message() {
    return `Key ${this.version} of subject ${this.subject} (tenant ${this.tenant}) cannot be unwrapped: its row was changed`
  }
}

/** Sealed data has no key, though its subject was not forgotten: the table of keys is older than the data, or damaged. */
export class SubjectKeyMissing extends Schema.TaggedError<SubjectKeyMissing>()("SubjectKeyMissing", {
  tenant: Schema.String,
  subject: Schema.String,
  version: Schema.Int
}) {
  override get message() {
    return (
      `Key ${this.version} of subject ${this.subject} (tenant ${this.tenant}) is missing, and the subject was not forgotten: ` +
      "restore the table of keys that belongs to this data"
    )
  }
}

/** Sealed data is not as it was sealed: it was changed, or moved to another subject or tenant. */
export class PersonalDataDamaged extends Schema.TaggedError<PersonalDataDamaged>()("PersonalDataDamaged", {
  tenant: Schema.String,
  /** Empty when not even the subject can be told. */
  subject: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `Sealed data of subject "${this.subject}" (tenant ${this.tenant}) cannot be opened: ${this.reason}`
  }
}

/** A subject cannot be forgotten as asked. `field` names the part, `rule` what must hold. */
export class InvalidForgetting extends Schema.TaggedError<InvalidForgetting>()("InvalidForgetting", {
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `${this.field}: ${this.rule}`
  }
}
