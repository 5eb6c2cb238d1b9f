/*
 * twofa.conf: "key = value" a line, '#' or ';' begins a comment.
 *
 * The file is -c FILE or $TWOFA_CONF, else the first that exists of
 * $XDG_CONFIG_HOME/twofa/twofa.conf (~/.config/… without the variable) and
 * /etc/twofa/twofa.conf; no file at all is no fault unless one was named.
 * /dev/null has no settings, whatever the others say.
 */
#ifndef COMMON_SETTINGS_CONFIG_H
#define COMMON_SETTINGS_CONFIG_H

#include "common/settings/settings.h"

enum {
	CONFIG_MAX_LINE = 198, /* bytes of a line: libinih's limit */
};

/*
 * Find the file and read it: what environment or command line set stays.
 *
 * Fails with STATUS_CONFIG, "FILE:LINE: …": no "key = value", ':' for '=',
 * a section, an unknown key, a key for the second time, a value in the wrong
 * form, a line that is too long, begins with a blank or has " ;" in it.
 * STATUS_PERMISSION: writable by others.
 */
MUST_USE int config_load(struct settings *s, struct fault *f);

#endif
