; copy.lisp WAY IN OUT, for sbcl --script
(defvar *way* (second sb-ext:*posix-argv*))
(with-open-file (i (third sb-ext:*posix-argv*) :element-type '(unsigned-byte 8))
  (with-open-file (o (fourth sb-ext:*posix-argv*) :direction :output
                     :if-exists :supersede :element-type '(unsigned-byte 8))
    (let ((b (make-array (if (string= *way* "whole") (file-length i) 65536)
                         :element-type '(unsigned-byte 8))))
      (loop for n = (read-sequence b i)
            while (plusp n)
            do (when (string= *way* "turned") (setf b (nreverse b)))
               (write-sequence b o :end n)))))
