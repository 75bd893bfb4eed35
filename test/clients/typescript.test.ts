/** Goal: the TypeScript client does what every client does. Method: the common scenarios, against a real bus. */
import { describeClient } from './describe-client.ts';

describeClient('typescript');
