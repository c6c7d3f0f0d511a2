/** Why a store is not exported, or not imported: each names the file, or what has to change. */
import { Schema } from "effect"

/** A file cannot be read or written. */
export class ExportFileFailure extends Schema.TaggedError<ExportFileFailure>()("ExportFileFailure", {
  path: Schema.String,
  reason: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `${this.path}: ${this.reason}`
  }
}

/** What is in a file breaks a rule of the format: where, which part of it, and the rule. */
export class InvalidExportFile extends Schema.TaggedError<InvalidExportFile>()("InvalidExportFile", {
  path: Schema.String,
  /** From 1. */
  line: Schema.Int,
  field: Schema.String,
  rule: Schema.String
}) {
  override get message(): string {
    return `${this.path}, line ${this.line}: ${this.field}: ${this.rule}`
  }
}

/** A store is not exported as things are. */
export class ExportRefused extends Schema.TaggedError<ExportRefused>()("ExportRefused", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}

/** A file is not imported as things are. Nothing was changed, but for whole batches that were loaded before. */
export class ImportRefused extends Schema.TaggedError<ImportRefused>()("ImportRefused", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}
