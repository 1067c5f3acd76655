/* An option whose value is a share: "3%", or 0.03. */
#ifndef CLI_SHARE_H
#define CLI_SHARE_H

#include "args/opts.h"

opt_take share_take; /* double: from 0 to below 1 */

#endif
