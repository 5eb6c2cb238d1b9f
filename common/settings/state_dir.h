/*
 * Where a user's programs keep what must outlive them.
 */
#ifndef COMMON_SETTINGS_STATE_DIR_H
#define COMMON_SETTINGS_STATE_DIR_H

#include "common/settings/config.h"

#include <stdbool.h>

/*
 * $STATE_DIRECTORY, which systemd sets, else $XDG_STATE_HOME/twofa, else
 * ~/.local/state/twofa, with room for 32 bytes more; with make it is made, for
 * its owner alone, unless it is there. Fails with STATUS_CONFIG when none of
 * the variables is set, and as file_make_dir().
 */
MUST_USE int state_dir(char out[CONFIG_PATH_MAX], bool make, struct fault *f);

#endif
