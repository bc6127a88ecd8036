/** What the installed package's entries export, as TypeScript sees it. */
import { join } from "node:path";
import ts from "@typescript/typescript6";
import type { Project } from "./project.js";

const OPTIONS: ts.CompilerOptions = {
  ...{ module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022 },
  ...{ strict: true, types: [], lib: ["lib.es2022.d.ts"], declaration: true, emitDeclarationOnly: true },
};

const host = ts.createCompilerHost(OPTIONS);
const read = host.getSourceFile.bind(host);
const files = new Map<string, ts.SourceFile | undefined>();
/** Files are read once for all programs. */
host.getSourceFile = (file, ...more) => {
  if (!files.has(file)) files.set(file, read(file, ...more));
  return files.get(file);
};

/** A program whose declarations TypeScript is to write, without the types of Node or the DOM. */
export function programOf(file: string): ts.Program {
  return ts.createProgram([file], OPTIONS, host);
}

/** A name that stands for a type in a declaration: no `const`, whose type is written out. */
const NAMES_A_TYPE = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class | ts.SymbolFlags.Enum;

export class PublicTypes {
  readonly #folder: string;
  /** Files of types by the names that they are imported by. */
  readonly #entries: ReadonlyMap<string, string>;
  readonly #programs = new Map<string, ts.Program>();

  constructor(project: Project) {
    this.#folder = project.installed;
    const { name, exports } = project.manifest() as { name: string; exports: Record<string, { types?: string }> };
    const typed = Object.entries(exports).filter(([, { types }]) => types);
    this.#entries = new Map(typed.map(([subpath, { types }]) => [join(name, subpath), join(this.#folder, types as string)]));
  }

  /** What can be imported: `wasm-jwt/express`. */
  get subpaths(): string[] {
    return [...this.#entries.keys()];
  }

  /** The package's files that TypeScript reads for an entry. */
  filesOf(subpath: string): string[] {
    const files = this.#programOf(subpath).getSourceFiles();
    return files.filter(({ fileName }) => this.#isOwn(fileName)).map(({ fileName }) => fileName.slice(this.#folder.length + 1));
  }

  /** What can be imported as a value, sorted. */
  valuesOf(subpath: string): string[] {
    const program = this.#programOf(subpath);
    const checker = program.getTypeChecker();
    const module = checker.getSymbolAtLocation(this.#fileOf(subpath, program)) as ts.Symbol;
    const exported = checker.getExportsOfModule(module).filter((symbol) => {
      const isValue = (meant(symbol, checker).flags & ts.SymbolFlags.Value) !== 0;
      return isValue && !symbol.declarations?.some((each) => ts.isTypeOnlyExportDeclaration(each));
    });
    return exported.map(({ name }) => name).sort();
  }

  /** Types that the entry's exports refer to, also from afar, and that none of the entries exports that are loaded with it. */
  withoutName(subpath: string): string[] {
    const program = this.#programOf(subpath);
    const checker = program.getTypeChecker();
    const loaded = [...this.#entries.values()].flatMap((file) => program.getSourceFile(file) ?? []);
    const named = new Set(loaded.flatMap((file) => exportsOf(file, checker).map(([, symbol]) => symbol)));
    const reached = new Set(exportsOf(this.#fileOf(subpath, program), checker).map(([, symbol]) => symbol));
    for (const symbol of reached)
      for (const declaration of symbol.declarations ?? [])
        for (const referred of referredBy(declaration, checker)) if (this.#isDeclaredHere(referred)) reached.add(referred);
    return [...reached].filter((symbol) => symbol.flags & NAMES_A_TYPE && !named.has(symbol)).map(({ name }) => name);
  }

  /** Types that are exported by more than one name. */
  withSeveralNames(): string[][] {
    const names = new Map<string, Set<string>>();
    for (const subpath of this.subpaths) {
      const program = this.#programOf(subpath);
      for (const [name, { flags, declarations }] of exportsOf(this.#fileOf(subpath, program), program.getTypeChecker())) {
        const [declaration] = declarations ?? [];
        if (!declaration || !(flags & NAMES_A_TYPE)) continue;
        const place = `${declaration.getSourceFile().fileName}:${declaration.pos}`;
        names.set(place, (names.get(place) ?? new Set()).add(name));
      }
    }
    return [...names.values()].filter(({ size }) => size > 1).map((each) => [...each]);
  }

  /** A program that exports what each function of an entry returns, and what each member of that is, without writing a type. */
  everythingOf(subpath: string): string {
    const program = this.#programOf(subpath);
    const checker = program.getTypeChecker();
    const file = this.#fileOf(subpath, program);
    const lines = [`import * as all from "${subpath}";`];
    for (const [name, symbol] of exportsOf(file, checker)) {
      if (!(symbol.flags & ts.SymbolFlags.Function)) continue;
      lines.push(`export const ${name} = (...given: Parameters<typeof all.${name}>) => all.${name}(...given);`);
      const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
      const members = (signature as ts.Signature).getReturnType().getNonNullableType().getProperties();
      for (const member of members) {
        if (!this.#isDeclaredHere(member)) continue;
        const parameter = `value: NonNullable<ReturnType<typeof all.${name}>>`;
        lines.push(`export const ${name}_${member.name} = (${parameter}) => value.${member.name};`);
        if (checker.getTypeOfSymbol(member).getCallSignatures().length)
          lines.push(
            `export const ${name}_${member.name}_called = (${parameter}, ...given: Parameters<typeof value.${member.name}>) => value.${member.name}(...given);`,
          );
      }
    }
    return lines.join("\n");
  }

  /** A program of the entry alone: what others load may not help it. */
  #programOf(subpath: string): ts.Program {
    const known = this.#programs.get(subpath) ?? programOf(this.#entries.get(subpath) as string);
    this.#programs.set(subpath, known);
    return known;
  }

  #fileOf(subpath: string, program: ts.Program): ts.SourceFile {
    return program.getSourceFile(this.#entries.get(subpath) as string) as ts.SourceFile;
  }

  #isOwn(file: string): boolean {
    return file.startsWith(this.#folder);
  }

  #isDeclaredHere({ declarations = [] }: ts.Symbol): boolean {
    return declarations.some((declaration) => this.#isOwn(declaration.getSourceFile().fileName));
  }
}

/** Names, and what they stand for in the end. */
function exportsOf(file: ts.SourceFile, checker: ts.TypeChecker): [string, ts.Symbol][] {
  const module = checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`Expected ${file.fileName} to be a module`);
  return checker.getExportsOfModule(module).map((symbol) => [symbol.name, meant(symbol, checker)]);
}

function meant(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** What is named in a declaration. */
function* referredBy(node: ts.Node, checker: ts.TypeChecker): Generator<ts.Symbol> {
  if (ts.isIdentifier(node) && !ts.isTypeParameterDeclaration(node.parent)) {
    const symbol = checker.getSymbolAtLocation(node);
    if (symbol) yield meant(symbol, checker);
  }
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* referredBy(child, checker);
}
