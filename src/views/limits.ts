/** How much Slack takes, in characters unless it says otherwise. Beyond it a whole message or modal is refused. */
export const limits = {
  /** https://docs.slack.dev/reference/block-kit/block-elements/button-element: the words, and those for screen readers. */
  button: 75,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
  option: 75,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
  confirmTitle: 100,
  confirmText: 300,
  /** https://docs.slack.dev/reference/block-kit/blocks/header-block */
  header: 150,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/text-object, as in a section or a context. */
  text: 3000,
  /** https://docs.slack.dev/reference/block-kit/blocks/input-block */
  inputLabel: 2000,
  inputHint: 2000,
  /** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
  textInput: 3000,
  placeholder: 150,
  /** https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element, in options. */
  radioButtons: 10,
  /** https://docs.slack.dev/reference/views/modal-views: the title, and the words of both its buttons. */
  modalTitle: 24,
  /** The same page, in blocks. */
  modalBlocks: 100,
} as const
