import { playConversation } from './conversation.ts';
import { drawPicture } from './picture.ts';

/** What the picture shows, for those who do not see it; the README gives the same text for the image. */
export const DESCRIPTION =
  'An agent deletes a key that three services use: the server refuses, cmk_in_use, and names them. It deletes another key: the server ' +
  'asks the human, with all that is known of the key. "yes, go ahead" is refused, approval_wrong_id; the id, typed to the letter, deletes it.';

/** Plays the conversation with a built program and its sandbox. Returns it as an animated SVG, the same at each run. */
export async function drawDelete(program: string): Promise<string> {
  return drawPicture(await playConversation(program), {
    title: 'Two deletes: one refused, one approved by a person',
    description: DESCRIPTION,
  });
}
