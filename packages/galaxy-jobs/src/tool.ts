import type { SplitPlan } from './document/plan-document.ts';
import type { StdioRules } from './job.ts';
import type { Template } from './template/template.ts';

/** A Galaxy tool of the subset that this package understands. Plain data. */
export interface Tool {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** The release of Galaxy whose rules the tool was written for, as `24.0`. */
  readonly profile: string;
  readonly description: string;
  readonly command: ToolCommand;
  /** The command runs under `set -e` (Galaxy does so for profiles from 20.09 on). */
  readonly strictShell: boolean;
  readonly inputs: readonly ToolInput[];
  readonly outputs: readonly ToolOutput[];
  readonly stdio: StdioRules;
  readonly parallelism: ToolParallelism | undefined;
  /** What must be installed where the tool runs. Only recorded: nothing here installs or checks it. */
  readonly requirements: readonly ToolRequirement[];
}

/** The template of the command line, as written and as read. */
export interface ToolCommand {
  readonly text: string;
  readonly template: Template;
}

/** One thing that a person gives a tool. */
export type ToolInput =
  | DataInput
  | TextInput
  | HiddenInput
  | IntegerInput
  | FloatInput
  | BooleanInput
  | SelectInput
  | SectionInput
  | ConditionalInput;

/** What every input has. */
interface InputBase {
  /** The name within its section or conditional. */
  readonly name: string;
  readonly label: string;
}

/** One dataset. */
export interface DataInput extends InputBase {
  readonly type: 'data';
  /** Galaxy's names of the formats that fit; recorded, and not compared with what a person gives. */
  readonly formats: readonly string[];
  readonly optional: boolean;
}

/** Free text; sanitised when it is put in the command. */
export interface TextInput extends InputBase {
  readonly type: 'text';
  readonly value: string;
  /** Empty text passes without being asked of the validators. */
  readonly optional: boolean;
  readonly validators: readonly Validator[];
}

/** Text that the tool's writer fixed. */
export interface HiddenInput extends InputBase {
  readonly type: 'hidden';
  readonly value: string;
}

/** A whole number. */
export interface IntegerInput extends InputBase {
  readonly type: 'integer';
  readonly value: number | undefined;
  readonly optional: boolean;
  readonly validators: readonly Validator[];
}

/** A number with a fraction. */
export interface FloatInput extends InputBase {
  readonly type: 'float';
  readonly value: number | undefined;
  readonly optional: boolean;
  readonly validators: readonly Validator[];
}

/** Yes or no, each with the text that it becomes in the command. */
export interface BooleanInput extends InputBase {
  readonly type: 'boolean';
  readonly truevalue: string;
  readonly falsevalue: string;
  readonly checked: boolean;
}

/** One of several options, or several of them. */
export interface SelectInput extends InputBase {
  readonly type: 'select';
  readonly options: readonly SelectOption[];
  readonly multiple: boolean;
  readonly optional: boolean;
}

/** An option of a select: `value` goes into the command, `label` is for people. */
export interface SelectOption {
  readonly value: string;
  readonly label: string;
  readonly selected: boolean;
}

/** Inputs under one heading; its members are named `section|member`. */
export interface SectionInput extends InputBase {
  readonly type: 'section';
  readonly inputs: readonly ToolInput[];
}

/** Inputs that depend on the value of one of them; its members are named `conditional|member`. */
export interface ConditionalInput extends InputBase {
  readonly type: 'conditional';
  readonly test: BooleanInput | SelectInput;
  readonly cases: readonly ConditionalCase[];
}

/** The inputs that apply when the test has `value`. */
export interface ConditionalCase {
  readonly value: string;
  readonly inputs: readonly ToolInput[];
}

/** A rule for the value of an input. `negate` turns its verdict round. */
export type Validator =
  | {
      readonly type: 'in_range';
      readonly min: number | undefined;
      readonly max: number | undefined;
      readonly excludeMin: boolean;
      readonly excludeMax: boolean;
      readonly negate: boolean;
      readonly message: string | undefined;
    }
  | { readonly type: 'empty_field'; readonly negate: boolean; readonly message: string | undefined }
  | {
      readonly type: 'length';
      readonly min: number | undefined;
      readonly max: number | undefined;
      readonly negate: boolean;
      readonly message: string | undefined;
    }
  | {
      readonly type: 'regex';
      readonly pattern: string;
      readonly negate: boolean;
      readonly message: string | undefined;
    };

/** One dataset that the tool makes. */
export interface ToolOutput {
  readonly name: string;
  /** Galaxy's name of the format, unless {@link formatSource} says whose format it takes over. */
  readonly format: string;
  /** The name of the data input whose format the output has. */
  readonly formatSource: string | undefined;
  /** The name of the data input whose metadata Galaxy would copy; recorded only. */
  readonly metadataSource: string | undefined;
  /** As written, with Galaxy's placeholders. */
  readonly label: string;
  /** The file that the command writes, relative to its working directory; if absent, it writes to `$name`. */
  readonly fromWorkDir: string | undefined;
  readonly hidden: boolean;
}

/** How a job of the tool may be cut, with all of Galaxy's defaults filled in. */
export interface ToolParallelism {
  /** Absent: Galaxy itself does not split the tool, only {@link plan} says how. */
  readonly method: 'basic' | 'multi' | undefined;
  /** The data inputs that are cut together, by their full names; they must be of one format. */
  readonly splitInputs: readonly string[];
  /** Every other data input: all parts see it whole. */
  readonly sharedInputs: readonly string[];
  readonly splitMode: 'number_of_parts' | 'to_size';
  /** The number of parts, or the number of records in each part. */
  readonly splitSize: number;
  /** The outputs that are joined from those of the parts. */
  readonly mergeOutputs: readonly string[];
  /** All others: those of the first part are taken. */
  readonly pickOneOutputs: readonly string[];
  /** What becomes of a job of which parts fail: our attribute `failed_parts`. */
  readonly failedParts: 'fail' | 'skip' | undefined;
  /** What our own elements say; it goes before all the rest. */
  readonly plan: SplitPlan | undefined;
}

/** Something that must be there where the tool runs. */
export type ToolRequirement =
  | {
      readonly type: 'package' | 'set_environment' | 'binary' | 'python-module';
      readonly name: string;
      readonly version: string | undefined;
    }
  | { readonly type: 'container'; readonly engine: string; readonly image: string }
  | { readonly type: 'resource'; readonly name: string; readonly value: string };
