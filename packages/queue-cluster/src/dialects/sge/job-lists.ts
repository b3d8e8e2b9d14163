import { DOMParser, type Element } from '@xmldom/xmldom';

/** A job in the XML of `qstat`, with its fields by the names of their elements. */
export type ListedJob = ReadonlyMap<string, string>;

/** The constant that the DOM standard gives to elements. */
const elementNode = 1;

function childrenOf(element: Element): readonly Element[] {
  return Array.from(element.childNodes).filter((node): node is Element => node.nodeType === elementNode);
}

const fieldsOf = (job: Element): ListedJob =>
  new Map(childrenOf(job).map((field) => [field.tagName, (field.textContent ?? '').trim()]));

/** The jobs of `qstat -xml`; undefined for what is no whole document of that kind. */
export function readJobLists(xml: string): readonly ListedJob[] | undefined {
  const parser = new DOMParser({
    onError: (_level, message) => {
      throw new Error(message);
    },
  });
  try {
    const root = parser.parseFromString(xml.trim(), 'text/xml').documentElement;
    if (root?.tagName !== 'job_info') return undefined;
    return Array.from(root.getElementsByTagName('job_list')).map(fieldsOf);
  } catch {
    // Cut off, or something else in front: what cannot be read is no news, which the caller tells.
    return undefined;
  }
}
