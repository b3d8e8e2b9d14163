import { DOMParser, type Element } from '@xmldom/xmldom';

/** The constant that the DOM standard gives to elements. */
const elementNode = 1;

/** What stands in an element, by the names of those inside of it. */
export type Fields = ReadonlyMap<string, string>;

/** The elements of that name in `<Data>`, as `qstat -x` and `pbsnodes -x` print it; undefined if it is cut, or none. */
export function readXml(text: string, name: string): readonly Fields[] | undefined {
  const parser = new DOMParser({
    onError: (_level, message) => {
      throw new Error(message);
    },
  });
  try {
    const xml = text.slice(Math.max(0, text.indexOf('<'))).trim();
    const root = parser.parseFromString(xml, 'text/xml').documentElement;
    if (root?.tagName !== 'Data') return undefined;
    return childrenOf(root)
      .filter(({ tagName }) => tagName === name)
      .map(fieldsOf);
  } catch {
    // What is cut or no XML is no answer, which whoever has asked tells.
    return undefined;
  }
}

const childrenOf = (element: Element): readonly Element[] =>
  Array.from(element.childNodes).filter((node): node is Element => node.nodeType === elementNode);

/** Those inside of others, such as the walltime in `Resource_List`, get both names: `Resource_List.walltime`. */
const fieldsOf = (job: Element): Fields =>
  new Map(
    childrenOf(job).flatMap((field) => [
      [field.tagName, (field.textContent ?? '').trim()] as const,
      ...childrenOf(field).map(
        (inner) => [`${field.tagName}.${inner.tagName}`, (inner.textContent ?? '').trim()] as const,
      ),
    ]),
  );
