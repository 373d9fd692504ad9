import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const PROJECT = join(__dirname, '..', '..');
const FOLDERS = ['constructs', 'contract', 'stacks'];

/** Everything in a file that a user of the library can see and that says nothing of itself: `file:line name`. */
function undocumented(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const visible = source.statements.filter(isExported).flatMap((statement) => [statement, ...publicMembers(statement)]);
  return visible
    .filter((node) => ts.getJSDocCommentsAndTags(node).length === 0)
    .map((node) => `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${nameOf(node)}`);
}

function isExported(statement: ts.Statement): boolean {
  const flags = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return flags.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function publicMembers(statement: ts.Statement): ts.Node[] {
  if (ts.isInterfaceDeclaration(statement)) return [...statement.members];
  if (!ts.isClassDeclaration(statement)) return [];
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return statement.members.filter(
    (member) => !ts.isConstructorDeclaration(member) && (ts.getCombinedModifierFlags(member) & hidden) === 0,
  );
}

function nameOf(node: ts.Node): string {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  return ts.getNameOfDeclaration(node as ts.Declaration)?.getText() ?? node.getText().slice(0, 40);
}

describe('the docstrings', () => {
  it('are there for all that the library exports, and for every public property and method', () => {
    const files = FOLDERS.flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('index.ts'))
        .map((file) => join(folder, file)),
    );
    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap((file) => undocumented(file, readFileSync(join(PROJECT, file), 'utf8')))).toEqual([]);
  });

  it('are missed by this test where they are missing', () => {
    const text = `
      export class A {
        readonly one = 1;
        /** Two. */
        readonly two = 2;
        private three = 3;
        four(): void {}
      }
      /** An interface. */
      export interface B { readonly five: string }
      class C { six = 6 }
      export const SEVEN = 7;`;
    expect(undocumented('a.ts', text)).toEqual([
      'a.ts:2 A',
      'a.ts:3 one',
      'a.ts:7 four',
      'a.ts:10 five',
      'a.ts:12 SEVEN',
    ]);
  });
});
