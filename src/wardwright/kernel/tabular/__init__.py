"""Reading other people's tables: registers of devices as hospitals really keep them.

The order of work: :mod:`read` turns bytes into a :class:`~wardwright.kernel.tabular.table.Table`,
:mod:`groups` finds repeated column groups, :mod:`headings` proposes what each column means, :mod:`dates`
and :mod:`values` turn cells into dates, money, intervals and words, :mod:`patterns` digs identifiers out of notes.
Nothing here knows a database; every refusal is a :class:`~wardwright.kernel.tabular.errors.TableError`.
"""
